export { alertingService } from './alerting.service.ts';
export { alertingModule } from './app.module.ts';
export { type AlertingSettings, alertingSettings } from './config.ts';
