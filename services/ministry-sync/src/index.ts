export { type MinistrySyncSettings, ministrySyncSettings } from './config.ts';
export { ministrySyncService } from './ministry-sync.service.ts';
