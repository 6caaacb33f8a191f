import { main } from '@quantrac/service';
import { enterpriseComplianceModule } from './app.module.ts';
import { enterpriseComplianceSettings } from './config.ts';

await main(enterpriseComplianceSettings, (settings) => enterpriseComplianceModule({ settings }));
