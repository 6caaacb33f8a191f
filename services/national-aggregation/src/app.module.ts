import { type HostOptions, hostedModule } from '@quantrac/service';
import type { NationalAggregationSettings } from './config.ts';
import { nationalAggregationService } from './national-aggregation.service.ts';

export const nationalAggregationModule = (options: Omit<HostOptions<NationalAggregationSettings>, 'name' | 'make'>) =>
  hostedModule({ name: 'national-aggregation', make: nationalAggregationService, ...options });
