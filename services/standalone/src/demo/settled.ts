import type { ReplicationAdvanced } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { NodeProcess } from './node-process.ts';

const LOOK_MS = 150;
const QUIET_LOOKS = 8;
const PATIENCE_MS = 60_000;

/**
 * Resolves when what the node has received has gone all its way: nothing is appended any more and all is acknowledged. Throws the Fault
 * `NotSettled` when nothing has moved for a minute and something is still to be acknowledged.
 */
export async function settled(node: NodeProcess): Promise<void> {
  let [last, movedAt] = ['', Date.now()];
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const [journal] = await node.peer('ministry-sync').query<ReplicationAdvanced>('replication', {});
    const { appended, acknowledged } = journal!;
    const seen = `${appended} records appended, ${acknowledged} acknowledged`;
    const still = seen === last;
    if (!still) movedAt = Date.now();
    quiet = still && acknowledged === appended ? quiet + 1 : 0;
    last = seen;
    if (Date.now() - movedAt > PATIENCE_MS)
      throw Fault.unavailable('NotSettled', `${node.node} does not come to rest: ${seen}, and no more for a minute`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
