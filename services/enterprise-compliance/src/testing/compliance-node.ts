import { randomUUID } from 'node:crypto';
import { type Actor, sequenceOf, sourceOf, toEntry } from '@quantrac/contracts';
import { connectPeer, type Hosted, host, openEmbeddedStores, type Peer, socketPath } from '@quantrac/service';
import type { Fed } from '@quantrac/testing/drive-processor';
import { enterpriseComplianceSettings } from '../config.ts';
import { enterpriseComplianceService } from '../enterprise-compliance.service.ts';

const name = 'enterprise-compliance';
const actor: Actor = { account: 'tester', role: 'department' };
/** When all commands are given: before the days that the tests judge. */
const clock = () => Date.parse('2026-01-10T00:00:00.000Z');

/** The service on its own stores, and the logs of the services whose topics it takes. */
export interface ComplianceNode {
  readonly peer: Peer;
  /** As the producer of its topic would; durable when it resolves. */
  publish(...records: readonly Fed[]): Promise<void>;
  command<Result>(command: string, data: object, commandId?: string): Promise<Result>;
  /** Stops the service; the data stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startComplianceNode(data: string): Promise<ComplianceNode> {
  const producers = new Map<string, Awaited<ReturnType<typeof openEmbeddedStores>>>();
  for (const producer of ['station-registry', 'quality-control', 'alerting'])
    producers.set(producer, await openEmbeddedStores(data, producer));
  const settings = enterpriseComplianceSettings.parse({ data, logLevel: 'silent' });
  const peer = connectPeer(`unix:${socketPath(data, name)}`);
  let hosted: Hosted | undefined;
  let published = 0;

  const start = async () => {
    hosted = await host({ name, make: enterpriseComplianceService, settings, clock });
  };
  const stop = async () => {
    await hosted?.stop();
    hosted = undefined;
  };
  await start();
  return {
    peer,
    start,
    stop,
    async publish(...records) {
      for (const { topic, key, type, knownAt = 0, data: value } of records) {
        const sequence = sequenceOf(1, ++published, 0);
        const envelope = { key, type, sequence, knownAt, source: sourceOf('node1') };
        const entry = toEntry(topic.name, envelope, Buffer.from(JSON.stringify(value)));
        await producers.get(topic.producer)!.log.publish(topic, [entry]);
      }
    },
    command: (command, content, commandId = randomUUID()) => peer.handle(command, content, { actor, commandId }),
    async close() {
      await stop();
      peer.close();
      for (const stores of producers.values()) await stores.close();
    },
  };
}
