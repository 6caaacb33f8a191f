import { main } from '@quantrac/service';
import { ministrySyncModule } from './app.module.ts';
import { ministrySyncSettings } from './config.ts';

await main(ministrySyncSettings, (settings) => ministrySyncModule({ settings }));
