import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

/** Settings of enterprise-compliance; every one has a default. */
export const enterpriseComplianceSettings = commonSettings.extend({
  /** Below this share of valid readings, in percent of those by design, a day has no verdict. */
  dayCapturePercent: z.int().min(1).max(100).default(75),
});
export type EnterpriseComplianceSettings = z.infer<typeof enterpriseComplianceSettings>;
