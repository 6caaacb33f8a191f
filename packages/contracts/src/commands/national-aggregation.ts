import { z } from 'zod';
import { id } from '../values.ts';

/** Commands of national-aggregation. */
export const nationalAggregationCommands = {
  /** The node may send its journal. Answers `{ node }`. */
  EnrollNode: z.object({
    node: id.max(40).regex(/^[\p{L}\p{N}._-]+$/u, 'use letters, digits, dot, underscore and hyphen'),
  }),
  /** The ministry's decision about a station, sent down to its node. Answers `{ directive }`. */
  DecideStation: z.object({
    node: id,
    station: id,
    state: z.enum(['approved', 'rejected']),
    reason: z.string().trim().max(1000).default(''),
  }),
};
