import { z } from 'zod';
import { id, instant } from '../values.ts';

export const ingestionCommands = {
  /** A held file belongs to this station. */
  AssignHeldFile: z.object({ held: id, station: id }),
  /** Reads held files again with what is registered now; without `held` all of them. */
  ReprocessHeldFiles: z.object({ held: id.optional() }),
  /** A held file is not worth keeping on the list; its bytes stay. */
  DismissHeldFile: z.object({ held: id, reason: z.string().min(1).max(1000) }),
  /** What time it is, for a node whose clock is driven; never backward. */
  AdvanceClock: z.object({ to: instant }),
};
