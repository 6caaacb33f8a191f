import { z } from 'zod';
import { realDay } from '../registers.ts';
import { id, realInstant } from '../values.ts';
import { counts } from './counts.ts';

const limit = z.int().min(1).max(10_000).default(1000);

export const ingestionQueries = {
  /** Files and lines that wait, with reason and advice; rows as in topic `intake.held`. */
  held: {
    args: z.object({ state: z.enum(['held', 'released', 'dismissed']).default('held'), station: id.optional(), limit }),
  },
  /** What arrived of a station, newest last. */
  receipts: { args: z.object({ key: id, from: realInstant, to: realInstant, limit }) },
  /** Received sets as they were sent, by the sets' times. */
  received: {
    args: z.object({
      station: id,
      from: realInstant,
      to: realInstant,
      versions: z.enum(['current', 'all']).default('current'),
      limit,
    }),
  },
  /** Which expected times of each channel arrived, came late or are missing on a day. */
  ledger: { args: z.object({ station: id, day: realDay }) },
  /** Senders that no station matches, with the prefix that theirs resembles and its station. */
  unknownSenders: { args: z.object({ limit }) },
  /** How many files were received, held, repeated; how often this process refused something since its start, in all and by `refusals[reason]`. */
  intakeCounts: { args: z.object({}) },
  /** Files that wait, by reason. */
  counts,
  /** How many stations files are matched to now, the sum of their records' versions, and what time it is here. */
  known: { args: z.object({}) },
  /** Where this service listens. */
  addresses: { args: z.object({}) },
};
