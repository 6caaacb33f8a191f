import { main } from '@quantrac/service';
import { portalModule } from './app.module.ts';
import { portalSettings } from './config.ts';

await main(portalSettings, (settings) => portalModule({ settings }));
