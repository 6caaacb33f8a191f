import type { ReplicationAdvanced } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { NodeProcess } from './node-process.ts';

const LOOK_MS = 150;
const QUIET_LOOKS = 8;
const PATIENCE_MS = 60_000;

/** Resolves when what the node has received has gone all its way: nothing is appended any more and all is acknowledged. Throws `NotSettled`. */
export async function settled(node: NodeProcess): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  let last = -1;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const [journal] = await node.peer('ministry-sync').query<ReplicationAdvanced>('replication', {});
    const still = journal!.appended === last && journal!.acknowledged === journal!.appended;
    quiet = still ? quiet + 1 : 0;
    last = journal!.appended;
    if (Date.now() > until)
      throw Fault.unavailable(
        'NotSettled',
        `${node.node} has not come to rest: ${journal!.appended} records appended, ${journal!.acknowledged} acknowledged after ${PATIENCE_MS / 1000} s`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
