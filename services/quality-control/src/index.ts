export { qualityControlModule } from './app.module.ts';
export { type QualityControlSettings, qualityControlSettings } from './config.ts';
export { qualityControlService } from './quality-control.service.ts';
