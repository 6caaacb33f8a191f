import { z } from 'zod';
import { aggregateComputed } from '../aggregates.ts';
import { checkedReading, observationSetChecked } from '../observations.ts';
import { id, realInstant } from '../values.ts';
import { counts } from './counts.ts';

const { station, time, version, received, rules, knownAt, cause, root } = observationSetChecked.shape;

const range = {
  station,
  /** Undefined: all of them. */
  channel: id.optional(),
  /** Inclusive. */
  from: realInstant,
  /** Exclusive. */
  to: realInstant,
  limit: z.int().min(1).max(10_000).default(1000),
};

const past = {
  /** `all`: every version, ascending. */
  versions: z.enum(['current', 'all']).default('current'),
  /** As it was known at an instant. */
  knownAt: realInstant.optional(),
};

const row = z.object({ station, time, version, received, rules, knownAt, cause, root, reading: checkedReading });

/** Queries of quality-control. To go on, ask from the last answer's time. */
export const qualityControlQueries = {
  /** Readings with what was found of them, by time; `version`, `knownAt` and `cause` are those of the set. */
  readings: { args: z.object({ ...range, ...past }), row },
  /** Means by channel, length and end. */
  aggregates: {
    args: z.object({
      ...range,
      ...past,
      length: aggregateComputed.shape.length.optional(),
      /** Adds the hours that are not closed, from what came until now. */
      provisional: z.boolean().default(false),
    }),
    row: aggregateComputed,
  },
  /** Readings of the newest set of each station by flag, and whether the newest hour of each channel has a mean. */
  counts,
  /**
   * What waits for a person, by time: suspect readings that count, failed ones, and those of which a newer revision came than was judged.
   */
  reviewQueue: { args: z.object(range), row },
};
