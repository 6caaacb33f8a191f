export { stationRegistryModule } from './app.module.ts';
export { type StationRegistrySettings, stationRegistrySettings } from './config.ts';
