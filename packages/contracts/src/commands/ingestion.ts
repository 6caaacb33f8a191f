import { z } from 'zod';
import { id, realInstant } from '../values.ts';

export const ingestionCommands = {
  /** A held file belongs to this station. */
  AssignHeldFile: z.object({ held: id, station: id }),
  /**
   * Reads held files again with what is registered now; without `held` those after `after`, as many as can be done at once: the answer's
   * `next` is the `after` to go on with, null at the end. Of a named file stamps that were ahead of the clock count as true, and a last
   * line that nothing ends as whole.
   */
  ReprocessHeldFiles: z.object({ held: id.optional(), after: id.optional() }),
  /** A held file is not worth keeping on the list; its bytes stay. */
  DismissHeldFile: z.object({ held: id, reason: z.string().min(1).max(1000) }),
  /** What time it is, for a node whose clock is driven; never backward. */
  AdvanceClock: z.object({ to: realInstant }),
};
