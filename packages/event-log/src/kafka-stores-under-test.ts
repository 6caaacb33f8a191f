import { randomUUID } from 'node:crypto';
import { type NewStore, type OpenAt, type Places, storesAt } from '@quantrac/conformance/store-under-test';
import { type LogOptions, numbers } from './conformance-deeds.ts';
import type { EventLog } from './event-log.ts';
import { KafkaClient } from './kafka-client.ts';
import { KafkaEventLog } from './kafka-event-log.ts';

/** The broker that `npm test` gives; without one a suite fails and says so. */
export const kafkaBrokers = (): string => {
  const brokers = process.env.TEST_KAFKA_BROKERS ?? process.env.KAFKA_BROKERS;
  if (!brokers)
    throw new Error('KAFKA_BROKERS is not set: run it by `npm test -- kafka`, which starts a broker, or set it');
  return brokers;
};

const clientFor = (place: string) => new KafkaClient({ brokers: kafkaBrokers(), clientId: place });

/** A log whose topics and groups have names of their own on the broker. */
export const kafkaLogAt: OpenAt<EventLog, LogOptions> = async (place, { service = 'alpha', leaseMs, clock }) => {
  const client = clientFor(place);
  const store = await KafkaEventLog.open({
    client,
    prefix: place,
    service,
    replicationFactor: 1,
    sessionMs: leaseMs,
    clock,
    declares: [numbers].filter(({ producer }) => producer === service),
  });
  const close = async () => {
    await store.close();
    await client.close();
  };
  return { store, close };
};

const places: Places = {
  newPlace: () => `test-${randomUUID().slice(0, 8)}.`,
  copyAway: () => Promise.reject(new Error('a broker cannot be copied while others use it')),
  async remove(place) {
    const client = clientFor(place);
    const topics = (await client.listTopics()).filter((name) => name.startsWith(place));
    if (topics.length > 0) await client.deleteTopics(topics);
    await client.close();
  },
};

export const onKafka = (process: URL): NewStore<EventLog, LogOptions> => storesAt(places, kafkaLogAt, process);
