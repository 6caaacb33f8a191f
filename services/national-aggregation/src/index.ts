export { type NationalAggregationSettings, nationalAggregationSettings } from './config.ts';
export { nationalAggregationService } from './national-aggregation.service.ts';
