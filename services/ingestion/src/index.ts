export { ingestionModule } from './app.module.ts';
export { type IngestionSettings, ingestionSettings } from './config.ts';
