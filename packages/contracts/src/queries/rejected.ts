import { z } from 'zod';
import { id, instant } from '../values.ts';

const count = z.int().min(0);

/** What an owner's groups have set aside and still keep. */
export const rejectedQueries = {
  /** The groups of this service; `waiting`: of the set aside, those that were not replayed. */
  rejectedGroups: {
    args: z.object({}),
    row: z.object({ group: id, count, waiting: count, newest: instant.nullable() }),
  },
  /** Newest first. To go on, ask from before the last answer's record. */
  rejected: {
    args: z.object({
      group: id.optional(),
      before: z.object({ at: instant, id }).optional(),
      limit: z.int().min(1).max(10_000).default(1000),
    }),
    row: z.object({
      group: id,
      id,
      /** Of the record, or what a command was for. */
      topic: z.string(),
      key: z.string(),
      sequence: z.string(),
      position: z.string(),
      type: z.string(),
      /** A fault's; `bug`: anything else was thrown. */
      code: z.string(),
      reason: z.string(),
      at: instant,
      bytes: count,
      /** It had been replayed before it was set aside. */
      again: z.boolean(),
      replayed: z.boolean(),
    }),
  },
};
export type RejectedAsked = z.infer<typeof rejectedQueries.rejected.args>;
export type RejectedGroup = z.infer<typeof rejectedQueries.rejectedGroups.row>;
export type Rejected = z.infer<typeof rejectedQueries.rejected.row>;
