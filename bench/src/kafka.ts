import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, Topic } from '@quantrac/event-log';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { CompressionTypes, Kafka, logLevel } from '@quantrac/event-log/kafka-driver';
import { KafkaEventLog } from '@quantrac/event-log/kafka-event-log';
import { partitionOf } from '@quantrac/event-log/partition';
import type { Bench } from './bench.ts';
import { median } from './report.ts';

const BATCH = 500;
const VALUE = Buffer.alloc(300, 'x');
const ROUNDS = 5;

/** Publishing and consuming through the port against its own client used bare, on the same broker, in turns. */
export const kafka: Bench = async ({ quick, tell, servers }) => {
  const { kafkaBrokers: brokers } = servers();
  const count = quick ? 20_000 : 100_000;
  const records = recordsOf(count);
  const client = new KafkaClient({ brokers, clientId: 'bench' });
  const prefix = `bench-${randomUUID().slice(0, 8)}.`;
  const log = await KafkaEventLog.open({ client, prefix, service: 'bench', replicationFactor: 1 });
  const raw = new Kafka({ brokers: brokers.split(','), clientId: 'bench-raw', logLevel: logLevel.NOTHING });
  const producer = raw.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  const taken: Record<'publish' | 'consume', { port: number; bare: number }[]> = { publish: [], consume: [] };
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const [ours, theirs] = [topicOf(`port-${round}`), topicOf(`bare-${round}`)];
      for (const topic of [ours, theirs]) await log.publish(topic, records.slice(0, 1));
      const publish = {
        port: await seconds(() => inBatches(records, (batch) => log.publish(ours, batch))),
        bare: await seconds(() => inBatches(records, (batch) => sendBare(producer, prefix + theirs.name, batch))),
      };
      const consume = {
        port: await seconds(() => consumeByPort(log, ours, count + 1)),
        bare: await seconds(() => consumeBare(raw, prefix + theirs.name, count + 1)),
      };
      // the first round compiles the code
      if (round === 0) continue;
      taken.publish.push(publish);
      taken.consume.push(consume);
    }
    for (const [what, times] of Object.entries(taken))
      tell({
        name: `kafka, ${what} through the port`,
        value: count / median(times.map(({ port }) => port)),
        unit: 'records/s',
        against: 'the time of bare kafkajs',
        ratio: median(times.map(({ port, bare }) => port / bare)),
      });
  } finally {
    await producer.disconnect();
    await log.close();
    await client.deleteTopics((await client.listTopics()).filter((name) => name.startsWith(prefix)));
    await client.close();
  }
};

const topicOf = (name: string): Topic => ({
  name: `quantrac.${name}.v1`,
  producer: 'bench',
  partitions: 16,
  retentionDays: 1,
});

const recordsOf = (count: number): readonly LogRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `station-${n % 1000}`,
    headers: { ce_id: `bench/${n}` },
    value: VALUE,
  }));

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function inBatches(records: readonly LogRecord[], send: (batch: readonly LogRecord[]) => Promise<unknown>) {
  for (let at = 0; at < records.length; at += BATCH) await send(records.slice(at, at + BATCH));
}

type Bare = InstanceType<typeof Kafka>;

const sendBare = (producer: ReturnType<Bare['producer']>, topic: string, batch: readonly LogRecord[]) =>
  producer.sendBatch({
    acks: -1,
    compression: CompressionTypes.ZSTD,
    topicMessages: [
      {
        topic,
        messages: batch.map(({ key, headers, value }) => ({
          key,
          headers: headers as Record<string, string>,
          value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
          partition: partitionOf(key, 16),
        })),
      },
    ],
  });

async function consumeByPort(log: KafkaEventLog, topic: Topic, count: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const subscription = await log.subscribe({
    group: randomUUID(),
    topics: [topic],
    positions: async () => ({}),
    async handle({ records }) {
      seen += records.length;
      if (seen >= count) done.resolve();
    },
    onPositionLost: () => Promise.reject(new Error('no position is lost here')),
  });
  await done.promise;
  await subscription.close();
}

async function consumeBare(raw: Bare, topic: string, count: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  let seen = 0;
  const consumer = raw.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    async eachBatch({ batch, resolveOffset, heartbeat }) {
      // as whoever reads would: key, headers and value are looked at
      for (const { key, headers, value } of batch.messages) if (key && headers?.ce_id && value) seen++;
      resolveOffset(batch.lastOffset());
      await heartbeat();
      if (seen >= count) done.resolve();
    },
  });
  await done.promise;
  await sleep(0);
  await consumer.disconnect();
}
