import { MongoBlobStore } from '@quantrac/blob-store/mongo-blob-store';
import { topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { MongoDocumentStore } from '@quantrac/document-store/mongo-document-store';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import type { KeptMark, MarkKeeper } from '@quantrac/event-log/kafka-epochs';
import { KafkaEventLog } from '@quantrac/event-log/kafka-event-log';
import { MongoEventStore } from '@quantrac/event-store/mongo-event-store';
import { MongoJournalStore } from '@quantrac/journal-store/mongo-journal-store';
import { connectToMongo, pingMongo } from '@quantrac/mongo/mongo-connection';
import { portsStepStore } from '@quantrac/stream-processing';
import { MongoTimeSeries } from '@quantrac/time-series/mongo-time-series';
import { kafkaSettingsOf } from './kafka-access.ts';
import { onceThere, type Waiting } from './once-there.ts';
import type { ServerSettings } from './server-settings.ts';
import type { HostedStores } from './stores.ts';

export interface ProductionStoresOptions extends Waiting {
  readonly servers: ServerSettings;
  readonly service: string;
  readonly node: string;
}

/** The production profile: a service's topics on Kafka, all other stores in a database of its own in MongoDB. Waits for servers that are away. */
export async function openProductionStores(options: ProductionStoresOptions): Promise<HostedStores> {
  const { servers, service } = options;
  const client = new KafkaClient(kafkaSettingsOf(servers, `${servers.kafkaPrefix}${service}`));
  const connection = await onceThere(
    () => connectToMongo(servers.mongoUrl, `${servers.mongoPrefix}${service}`),
    options,
  );
  const close = async () => {
    await client.close();
    await connection.close();
  };
  try {
    return await onceThere(() => openOn(client, connection.database, options, close), options);
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

async function openOn(
  client: KafkaClient,
  database: Parameters<typeof MongoDocumentStore.open>[0],
  { servers, service, node, log: logger }: ProductionStoresOptions,
  disconnect: () => Promise<void>,
): Promise<HostedStores> {
  const documents = await MongoDocumentStore.open(database);
  const log = await KafkaEventLog.open({
    client,
    keeper: keeperIn(documents),
    service,
    node,
    prefix: servers.kafkaPrefix,
    replicationFactor: servers.kafkaReplication,
    declares: Object.values(topics).filter(({ producer }) => producer === service),
    onDifference: (difference) => logger.warn({ difference }, 'a topic has other settings than declared'),
  });
  const series = await MongoTimeSeries.open(database);
  const blobs = await MongoBlobStore.open(database);
  return {
    servers: [
      { name: 'Kafka', ping: client.clusterId },
      { name: 'MongoDB', ping: () => pingMongo(database) },
    ],
    events: await MongoEventStore.open(database),
    log,
    documents,
    series,
    blobs,
    journals: await MongoJournalStore.open(database),
    steps: portsStepStore({ documents, series, log, blobs }),
    tidy: async () => false,
    raiseIfUnknown: (isKnown) => log.raiseIfUnknown(isKnown),
    async close() {
      await log.close();
      await disconnect();
    },
  };
}

const marks: Collection<KeptMark> = { name: 'log-marks' };

/** How far the topics had come is kept where the rest of the service is, so that it is restored with it. */
const keeperIn = (documents: DocumentStore): MarkKeeper => ({
  async read() {
    const stored = await documents.get(marks, 'mark');
    return stored && { mark: stored.document, revision: stored.revision };
  },
  async write(mark, expected) {
    const [done] = await documents.putMany(marks, [{ key: 'mark', document: mark, expected }]);
    return done !== undefined;
  },
});
