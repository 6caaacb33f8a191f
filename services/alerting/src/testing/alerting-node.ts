import { randomUUID } from 'node:crypto';
import { type Actor, sequenceOf, sourceOf, toEntry } from '@quantrac/contracts';
import { connectPeer, host, openEmbeddedStores, type Peer, socketPath } from '@quantrac/service';
import type { Fed } from '@quantrac/testing/drive-processor';
import { alertingService } from '../alerting.service.ts';
import { alertingSettings } from '../config.ts';

const name = 'alerting';
const officer: Actor = { account: 'officer', role: 'department' };

/** The service on its own stores, and the logs of the services whose topics it takes. */
export interface AlertingNode {
  readonly peer: Peer;
  /** As the producers of their topics would; durable when it resolves. */
  publish(...records: readonly Fed[]): Promise<void>;
  command<Result>(command: string, data: object, commandId?: string): Promise<Result>;
  close(): Promise<void>;
}

export async function startAlertingNode(
  data: string,
  clock: () => number,
  given: Record<string, unknown> = {},
): Promise<AlertingNode> {
  const producers = new Map<string, Awaited<ReturnType<typeof openEmbeddedStores>>>();
  for (const producer of ['station-registry', 'enterprise-compliance', 'quality-control'])
    producers.set(producer, await openEmbeddedStores(data, producer));
  const settings = alertingSettings.parse({ data, logLevel: 'silent', ...given });
  const hosted = await host({ name, make: alertingService, settings, clock });
  const peer = connectPeer(`unix:${socketPath(data, name)}`);
  const published = new Map<string, number>();
  return {
    peer,
    async publish(...records) {
      for (const { topic, key, type, knownAt = 0, data: value } of records) {
        const number = (published.get(`${topic.name} ${key}`) ?? 0) + 1;
        published.set(`${topic.name} ${key}`, number);
        const envelope = { key, type, sequence: sequenceOf(1, number, 0), knownAt, source: sourceOf('node1') };
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
