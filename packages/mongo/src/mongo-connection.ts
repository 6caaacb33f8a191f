import { Fault } from '@quantrac/event-sourcing';
import mongoose from 'mongoose';
import { refuseUnreadable, settingFault, unlessRefused } from './mongo-door.ts';

export type MongoDatabase = NonNullable<mongoose.Connection['db']>;
export type MongoCollection<Document extends mongoose.mongo.Document> = mongoose.mongo.Collection<Document>;

/** One database of a server: a service's own. */
export interface MongoConnection {
  readonly database: MongoDatabase;
  close(): Promise<void>;
}

/** Each explained, since all of them decide what a fault looks like. */
const options: mongoose.ConnectOptions = {
  // an answer means: on the journals of a majority, so that no failover takes it back
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  // the driver repeats a write only within a session of a replica set; every write of ours may be repeated by who asked for it
  retryWrites: false,
  // a service's stages write at the same time, each a batch: more only queue within the server
  maxPoolSize: 16,
  // who asks hears `unavailable` by then and tries again for ever
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  // a server that stands still is given up; the longest batch takes a tenth of it
  socketTimeoutMS: 30_000,
  waitQueueTimeoutMS: 10_000,
  // a server that comes back is seen soon
  heartbeatFrequencyMS: 2_000,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
};

/** Throws the Fault `invalid` for a URL, an account or a certificate that is wrong, `unavailable` while the server is away. */
export async function connectToMongo(url: string, database: string): Promise<MongoConnection> {
  refuseUnreadable(url);
  const connection = mongoose.createConnection(url, { ...options, dbName: database });
  try {
    await unlessRefused(connection.getClient(), connection.asPromise());
    // a server lets in whoever has no account or no right here, until he asks for something
    await connection.db!.collection('rights').findOne();
  } catch (error) {
    // the driver itself first: a connection that is still being made is closed only once it is there
    await connection.getClient().close();
    await connection.close().catch(() => {});
    throw asFault(error);
  }
  return { database: connection.db!, close: () => connection.close() };
}

/** Rejects with the Fault `unavailable` while the server does not answer. */
export const pingMongo = (database: MongoDatabase): Promise<unknown> => asking(() => database.command({ ping: 1 }));

export const DUPLICATE_KEY = 11_000;

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof mongoose.mongo.MongoServerError && error.code === DUPLICATE_KEY;

/** A server that ends, steps down or waits for others in vain; a cursor of one that did; the driver marks them only where it repeats by itself. */
const AWAY = new Set([6, 7, 43, 64, 89, 91, 100, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** What of the server's or the driver's errors a caller can do something about; anything else as it is. */
export function asFault(error: unknown): unknown {
  // a bulk write wraps whatever broke it
  if (error instanceof mongoose.mongo.MongoBulkWriteError && error.errorResponse instanceof Error)
    return asFault(error.errorResponse);
  const fault = settingFault(error);
  if (fault) return fault;
  if (isAway(error))
    return Fault.unavailable(
      'MongoAway',
      `MongoDB does not answer (${saidOf(error as Error)}): see the server and MONGO_URL`,
      error,
    );
  return error;
}

/** By the driver; mongoose has a guess of its own where a TLS connection is cut off. */
const saidOf = ({ message, reason }: Error & { reason?: mongoose.mongo.TopologyDescription }): string =>
  [...(reason?.servers?.values() ?? [])].find(({ error }) => error)?.error?.message ?? message;

/** The server was not reached, changed its role, or its answer was lost: what was asked may have been done. */
const isAway = (error: unknown): boolean =>
  error instanceof mongoose.Error.MongooseServerSelectionError ||
  error instanceof mongoose.mongo.MongoNetworkError ||
  error instanceof mongoose.mongo.MongoServerSelectionError ||
  (error as Error).name === 'MongoWaitQueueTimeoutError' ||
  (error as { syscall?: string }).syscall === 'querySrv' ||
  error instanceof mongoose.mongo.MongoTopologyClosedError ||
  error instanceof mongoose.mongo.MongoNotConnectedError ||
  (error instanceof mongoose.mongo.MongoServerError && AWAY.has(Number(error.code)));

/** Runs what asks the server, and tells its errors as Faults. */
export async function asking<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw asFault(error);
  }
}
