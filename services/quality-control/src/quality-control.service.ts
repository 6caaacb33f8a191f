import { topics } from '@quantrac/contracts';
import type { ServiceDefinition, Stores } from '@quantrac/service';
import { qualityControlCommands } from './api/commands.ts';
import { qualityControlQueries } from './api/queries.ts';
import type { QualityControlSettings } from './config.ts';
import { qualityControl } from './processors/quality-control.ts';
import { reviewsRelay } from './processors/reviews-relay.ts';

/** Flags, what counts, human review, means. */
export const qualityControlService = (
  { events, series }: Pick<Stores, 'events' | 'series'>,
  settings: QualityControlSettings,
): ServiceDefinition => ({
  name: 'quality-control',
  topics: [topics.observationsChecked, topics.aggregates, topics.reviews, topics.rechecks],
  processors: [qualityControl(settings)],
  relays: [reviewsRelay],
  commands: qualityControlCommands({ events, series }),
  queries: qualityControlQueries(series, settings.dataCapturePercent),
});
