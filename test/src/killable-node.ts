import assert from 'node:assert/strict';
import type { Peer } from '@quantrac/service';
import { type NodeProcess, type NodeProcessOptions, startNodeProcess } from '@quantrac/standalone/demo/node-process';

/** A node that is killed and started again on its folder; askers keep their peers. */
export interface Killable {
  readonly kills: () => number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startKillable(options: NodeProcessOptions): Promise<Killable> {
  let running: Promise<NodeProcess> = startNodeProcess(options);
  let kills = 0;
  await running;
  return {
    kills: () => kills,
    async restart() {
      await (await running).kill();
      kills++;
      running = startNodeProcess(options);
      await running;
    },
    async stop() {
      await (await running).stop();
    },
  };
}

const consuming = ['station-registry', 'quality-control', 'alerting', 'enterprise-compliance', 'ingestion'];

/** Every consumer of the province holds its partitions, none stands by. */
export async function assertConsuming(peer: (service: string) => Peer): Promise<void> {
  const healths = await Promise.all(
    consuming.map((service) => peer(service).query<{ group: string; active: boolean }>('health', {})),
  );
  const groups = healths.flat();
  assert.ok(groups.length >= consuming.length);
  assert.deepEqual(
    groups.filter(({ active }) => !active).map(({ group }) => group),
    [],
  );
}

/** The journal is on its way to the ministry. */
export async function assertStreaming(sync: Peer): Promise<void> {
  const [journal] = await sync.query<{ state: string }>('replication', {});
  assert.equal(journal?.state, 'streaming');
}
