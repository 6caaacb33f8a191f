import { main } from '@quantrac/service';
import { stationRegistryModule } from './app.module.ts';
import { stationRegistrySettings } from './config.ts';

await main(stationRegistrySettings, (settings) => stationRegistryModule({ settings }));
