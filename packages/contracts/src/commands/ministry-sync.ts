import { z } from 'zod';

/** Commands of ministry-sync. */
export const ministrySyncCommands = {
  /**
   * After replication has stopped: begins the node's next journal and sends on in it what the ministry lacks. Answers `{ incarnation }`.
   * `everything`: all that the node's services hold is sent again, for a node that has lost its journal.
   */
  OpenIncarnation: z.object({ reason: z.string().trim().min(1).max(1000), everything: z.boolean().default(false) }),
};
