export { ministrySyncModule } from './app.module.ts';
export { type MinistrySyncSettings, ministrySyncSettings } from './config.ts';
