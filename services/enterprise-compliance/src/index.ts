export { enterpriseComplianceModule } from './app.module.ts';
export { type EnterpriseComplianceSettings, enterpriseComplianceSettings } from './config.ts';
