import type { ReplicationAdvanced } from '@quantrac/contracts';
import type { NodeProcess } from './node-process.ts';

const LOOK_MS = 150;
const QUIET_LOOKS = 8;
const PATIENCE_MS = 60_000;

/** Resolves when what the node has received has gone all its way: nothing is appended any more and all is acknowledged. */
export async function settled(node: NodeProcess): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  let last = -1;
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const [journal] = await node.peer('ministry-sync').query<ReplicationAdvanced>('replication', {});
    const still = journal!.appended === last && journal!.acknowledged === journal!.appended;
    quiet = still ? quiet + 1 : 0;
    last = journal!.appended;
    if (Date.now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
