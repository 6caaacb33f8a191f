import { main } from '@quantrac/service';
import { qualityControlModule } from './app.module.ts';
import { qualityControlSettings } from './config.ts';

await main(qualityControlSettings, (settings) => qualityControlModule({ settings }));
