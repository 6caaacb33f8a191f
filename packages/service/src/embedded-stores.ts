import { SqliteBlobStore } from '@quantrac/blob-store';
import { SqliteDocumentStore } from '@quantrac/document-store';
import { SqliteEventLog } from '@quantrac/event-log';
import { SqliteEventStore } from '@quantrac/event-store';
import { SqliteJournalStore } from '@quantrac/journal-store';
import { Database } from '@quantrac/sqlite';
import { sqliteStepStore } from '@quantrac/stream-processing';
import { SqliteTimeSeries } from '@quantrac/time-series';
import { storeFile } from './node-folder.ts';
import type { HostedStores } from './stores.ts';

const BLOCKS_AT_ONCE = 20;

/** The embedded profile, of a named instance of the service: one SQLite file for all stores of a service and the topics it produces. */
export async function openEmbeddedStores(data: string, service: string, instance?: string): Promise<HostedStores> {
  const database = new Database(storeFile(data, service));
  const fileOf = (other: string) => storeFile(data, other);
  const events = await SqliteEventStore.open(database);
  const log = await SqliteEventLog.open({ database, service, fileOf, instance });
  const documents = await SqliteDocumentStore.open(database);
  const series = await SqliteTimeSeries.open(database);
  const blobs = await SqliteBlobStore.open(database);
  const steps = await sqliteStepStore(database, { documents, series, log, blobs });
  return {
    servers: [],
    events,
    log,
    documents,
    series,
    blobs,
    journals: new SqliteJournalStore(database),
    steps,
    tidy: async () => !(await series.repack({ limit: BLOCKS_AT_ONCE })).done,
    raiseIfUnknown: async () => false,
    async close() {
      await log.close();
      await database.close();
    },
  };
}
