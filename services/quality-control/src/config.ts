import { commonSettings } from '@quantrac/service';
import { z } from 'zod';

export const qualityControlSettings = commonSettings.extend({
  /** Below this share of valid over expected, in per cent, a mean has no value (REGULATION 1.7: no text names one). */
  dataCapturePercent: z.int().min(1).max(100).default(75),
});
export type QualityControlSettings = z.infer<typeof qualityControlSettings>;
