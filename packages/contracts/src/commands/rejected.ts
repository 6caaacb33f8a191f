import { z } from 'zod';
import { id, instant } from '../values.ts';

/** What every owner takes for its groups. */
export const rejectedCommands = {
  /**
   * Hands what a group set aside to that group again: the named, or all that were set aside up to an instant, as many as can be done at
   * once; `left` of the answer says how many are still to be asked for. What was replayed is not replayed again.
   */
  ReplayRejected: z.object({ group: id, which: z.union([z.array(id).min(1).max(500), z.object({ upTo: instant })]) }),
};
export type ReplayRejected = z.infer<typeof rejectedCommands.ReplayRejected>;

export interface RejectedReplayed {
  readonly replayed: number;
  /** Replayed before. */
  readonly already: number;
  readonly left: number;
}
