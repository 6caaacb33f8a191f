import type { Topic } from '@quantrac/event-log';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { KafkaTopics } from '@quantrac/event-log/kafka-topics';
import type { Logger } from 'pino';
import { kafkaSettingsOf } from './kafka-access.ts';
import { onceThere } from './once-there.ts';
import type { ServerSettings } from './server-settings.ts';

/** Makes topics on the brokers before any service starts; answers their names there. Waits for brokers that are away. */
export async function makeTopics(
  servers: ServerSettings,
  topics: readonly Topic[],
  log: Logger,
): Promise<readonly string[]> {
  const client = new KafkaClient(kafkaSettingsOf(servers, `${servers.kafkaPrefix}topics`));
  const made = new KafkaTopics({
    client,
    prefix: servers.kafkaPrefix,
    replicationFactor: servers.kafkaReplication,
    onDifference: (difference) => log.warn({ difference }, 'a topic has other settings than declared'),
  });
  try {
    for (const topic of topics) await onceThere(() => made.make(topic), { log });
    return topics.map(made.nameOf);
  } finally {
    await client.close();
  }
}
