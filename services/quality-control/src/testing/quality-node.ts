import { randomUUID } from 'node:crypto';
import { type Actor, sequenceOf, sourceOf, toEntry } from '@quantrac/contracts';
import { connectPeer, host, openEmbeddedStores, type Peer, socketPath } from '@quantrac/service';
import type { Fed } from '@quantrac/testing/drive-processor';
import { qualityControlSettings } from '../config.ts';
import { qualityControlService } from '../quality-control.service.ts';

const name = 'quality-control';
const officer: Actor = { account: 'officer', role: 'department' };

/** The service on its own stores, and the logs of the services whose topics it takes. */
export interface QualityNode {
  readonly peer: Peer;
  /** As the producers of their topics would; durable when it resolves. */
  publish(...records: readonly Fed[]): Promise<void>;
  command<Result>(command: string, data: object, commandId?: string): Promise<Result>;
  close(): Promise<void>;
}

export async function startQualityNode(data: string, clock: () => number): Promise<QualityNode> {
  const producers = new Map<string, Awaited<ReturnType<typeof openEmbeddedStores>>>();
  for (const producer of ['station-registry', 'ingestion'])
    producers.set(producer, await openEmbeddedStores(data, producer));
  const settings = qualityControlSettings.parse({ data, logLevel: 'silent' });
  const hosted = await host({ name, make: qualityControlService, settings, clock });
  const peer = connectPeer(`unix:${socketPath(data, name)}`);
  let published = 0;
  return {
    peer,
    async publish(...records) {
      for (const { topic, key, type, knownAt = 0, data: value } of records) {
        const sequence = sequenceOf(1, ++published, 0);
        const envelope = { key, type, sequence, knownAt, source: sourceOf('node1') };
        const entry = toEntry(topic.name, envelope, Buffer.from(JSON.stringify(value)));
        await producers.get(topic.producer)!.log.publish(topic, [entry]);
      }
    },
    command: (command, content, commandId = randomUUID()) =>
      peer.handle(command, content, { actor: officer, commandId }),
    async close() {
      peer.close();
      await hosted.stop();
      for (const stores of producers.values()) await stores.close();
    },
  };
}
