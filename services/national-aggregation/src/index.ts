export { nationalAggregationModule } from './app.module.ts';
export { type NationalAggregationSettings, nationalAggregationSettings } from './config.ts';
