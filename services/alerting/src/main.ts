import { main } from '@quantrac/service';
import { alertingModule } from './app.module.ts';
import { alertingSettings } from './config.ts';

await main(alertingSettings, (settings) => alertingModule({ settings }));
