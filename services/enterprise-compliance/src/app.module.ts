import { type HostOptions, hostedModule } from '@quantrac/service';
import type { EnterpriseComplianceSettings } from './config.ts';
import { enterpriseComplianceService } from './enterprise-compliance.service.ts';

export const enterpriseComplianceModule = (options: Omit<HostOptions<EnterpriseComplianceSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'enterprise-compliance', make: enterpriseComplianceService, ...options });
