import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { eventually } from '@quantrac/conformance/eventually';
import { numbers } from './conformance-deeds.ts';
import type { ReceivedRecord, Topic } from './event-log.ts';
import { KafkaClient } from './kafka-client.ts';
import { KafkaEventLog } from './kafka-event-log.ts';
import { kafkaBrokers } from './kafka-stores-under-test.ts';

const topics = ['ones', 'others'].map(
  (name): Topic => ({ ...numbers, name: `quantrac.${name}.v1`, producer: 'alpha' }),
);
const keys = Array.from({ length: 100 }, (_, n) => `station/${n}`);

test('a group of three has each partition number of its two topics at one member, and each member has some', async (t) => {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const alpha = await opened(t, prefix, 'alpha');
  const taken: { readonly member: number; readonly record: ReceivedRecord }[] = [];
  const members = await Promise.all(
    [0, 1, 2].map(async (member) => {
      const log = await opened(t, prefix, 'beta');
      return log.subscribe({
        group: 'readers',
        topics,
        positions: async () => ({}),
        handle: async ({ records }) => void taken.push(...records.map((record) => ({ member, record }))),
        onPositionLost: async () => ({}),
      });
    }),
  );
  t.after(() => Promise.all(members.map((member) => member.close())));
  for (const topic of topics) await alpha.publish(topic, recordsOf('first'));
  await eventually(() => members.every((member) => member.health().active));
  for (const topic of topics) await alpha.publish(topic, recordsOf('all are here'));
  const here = () => taken.filter(({ record }) => record.headers.ce_id === 'all are here');
  await eventually(() => here().length >= topics.length * keys.length);
  const owners = Map.groupBy(here(), ({ record }) => record.partition);
  for (const [partition, all] of owners)
    assert.equal(new Set(all.map(({ member }) => member)).size, 1, `partition ${partition} has one owner`);
  assert.equal(new Set(here().map(({ member }) => member)).size, members.length);
});

const recordsOf = (id: string) =>
  keys.map((key) => ({ key, headers: { ce_id: id }, value: new TextEncoder().encode('{}') }));

async function opened(t: TestContext, prefix: string, service: string): Promise<KafkaEventLog> {
  const client = new KafkaClient({ brokers: kafkaBrokers(), clientId: service });
  const log = await KafkaEventLog.open({ client, prefix, service, replicationFactor: 1 });
  t.after(async () => {
    await log.close();
    await client.close();
  });
  return log;
}
