import { randomUUID } from 'node:crypto';
import {
  type NewStore,
  type OpenAt,
  type Places,
  type StoreOptions,
  storesAt,
} from '@quantrac/conformance/store-under-test';
import { connectToMongo, type MongoDatabase } from './mongo-connection.ts';

/** The server that `npm test` gives; without one a suite fails and says so. */
export const mongoUrl = (): string => {
  const url = process.env.TEST_MONGO_URL ?? process.env.MONGO_URL;
  if (!url) throw new Error('MONGO_URL is not set: run it by `npm test -- mongo`, which starts a server, or set it');
  return url;
};

/** New stores, each in a database of its own on the server of `MONGO_URL`; `process` is the module that calls `performDeed`. */
export const inMongoDatabases = <Store, Options extends StoreOptions>(
  open: (database: MongoDatabase, options: Options) => Promise<Store>,
  process: URL,
): NewStore<Store, Options> => storesAt(databases, inMongoDatabase(open), process);

/** A server's disk cannot be made slow from here: `slowDiskMs` has no effect. */
export const inMongoDatabase =
  <Store, Options extends StoreOptions>(
    open: (database: MongoDatabase, options: Options) => Promise<Store>,
  ): OpenAt<Store, Options> =>
  async (place, options) => {
    const connection = await connectToMongo(mongoUrl(), place);
    return { store: await open(connection.database, options), close: () => connection.close() };
  };

const within = async <Result>(place: string, work: (database: MongoDatabase) => Promise<Result>): Promise<Result> => {
  const { database, close } = await connectToMongo(mongoUrl(), place);
  return work(database).finally(close);
};

const databases: Places = {
  newPlace: () => `test-${randomUUID().slice(0, 18)}`,
  remove: (place) => within(place, async (database) => void (await database.dropDatabase())),
  /** Documents alone; the collections and their indexes stay. */
  copyAway: (place) =>
    within(place, async (database) => {
      const copies = await Promise.all(
        (await database.collections()).map(async ({ collectionName }) => ({
          collectionName,
          documents: await database.collection(collectionName).find().toArray(),
        })),
      );
      return () =>
        within(place, async (later) => {
          for (const { collectionName } of await later.collections())
            await later.collection(collectionName).deleteMany({});
          for (const { collectionName, documents } of copies)
            if (documents.length > 0) await later.collection(collectionName).insertMany(documents);
        });
    }),
};
