export { portalModule } from './app.module.ts';
export { type PortalSettings, portalSettings } from './config.ts';
