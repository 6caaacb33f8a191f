import { main } from '@quantrac/service';
import { nationalAggregationModule } from './app.module.ts';
import { nationalAggregationSettings } from './config.ts';

await main(nationalAggregationSettings, (settings) => nationalAggregationModule({ settings }));
