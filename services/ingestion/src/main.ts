import { main } from '@quantrac/service';
import { ingestionModule } from './app.module.ts';
import { ingestionSettings } from './config.ts';

await main(ingestionSettings, (settings) => ingestionModule({ settings }));
