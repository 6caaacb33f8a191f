import { asking, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import { documentChanged, fieldAfter, fieldsOf, refuseTooMany } from './declared.ts';
import { type Collection, DocumentStore, type FieldValue, type Find, type Put, type Stored } from './document-store.ts';
import { type DocumentRecord, keyOf, type OpenCollection, openCollection, path } from './mongo-collection.ts';
import { putAll } from './mongo-puts.ts';

/** Of keys that are asked for at once: a question is a document too. */
const KEYS_AT_ONCE = 10_000;

/**
 * One document each, as JSON text beside the fields it is found by. An instance fills the fields of the indexes that stood when it declared the
 * collection: one that is to find by a new index is started after those that do not know it have ended.
 */
export class MongoDocumentStore extends DocumentStore {
  readonly #open = new Map<string, Promise<OpenCollection>>();

  private constructor(private readonly database: MongoDatabase) {
    super();
  }

  static async open(database: MongoDatabase): Promise<MongoDocumentStore> {
    return new MongoDocumentStore(database);
  }

  async declare<D>(collection: Collection<D>): Promise<void> {
    await this.#opened(collection);
  }

  async get<D>(collection: Collection<D>, key: string): Promise<Stored<D> | undefined> {
    return (await this.getMany(collection, [key]))[0];
  }

  async getMany<D>(collection: Collection<D>, keys: readonly string[]): Promise<readonly Stored<D>[]> {
    const found: Stored<D>[][] = [];
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const some = keys.slice(at, at + KEYS_AT_ONCE);
      found.push(await this.#stored(collection, (records) => records.find({ _id: { $in: some } })));
    }
    return found.flat();
  }

  async put<D>(collection: Collection<D>, put: Put<D>): Promise<number> {
    const [revision] = await this.putMany(collection, [put]);
    if (revision === undefined) throw documentChanged(collection.name, put.key, put.expected);
    return revision;
  }

  async putMany<D>(collection: Collection<D>, puts: readonly Put<D>[]): Promise<readonly (number | undefined)[]> {
    return putAll(await this.#opened(collection), puts);
  }

  async remove<D>(collection: Collection<D>, key: string): Promise<void> {
    const { records } = await this.#opened(collection);
    await asking(() => records.deleteOne({ _id: key }));
  }

  async find<D>(collection: Collection<D>, index: string, find: Find): Promise<readonly Stored<D>[]> {
    const fields = fieldsOf(collection, index);
    refuseTooMany(fields, find);
    const { equals = [], descending, limit = 1000 } = find;
    const after = Object.keys(keyOf(fields.slice(equals.length)));
    const order = Object.fromEntries(after.map((each) => [each, descending ? -1 : 1] as const));
    return this.#stored(
      collection,
      (records) => records.find(wanted(fields, find), { hint: keyOf(fields) }).sort(order),
      limit,
    );
  }

  async list<D>(collection: Collection<D>, { after = '', limit = 10_000 } = {}): Promise<readonly Stored<D>[]> {
    return this.#stored(collection, (records) => records.find({ _id: { $gt: after } }).sort({ _id: 1 }), limit);
  }

  async count<D>(collection: Collection<D>): Promise<number> {
    const { records } = await this.#opened(collection);
    return asking(() => records.countDocuments());
  }

  async countBy<D>(
    collection: Collection<D>,
    index: string,
    equals: readonly FieldValue[] = [],
  ): Promise<ReadonlyMap<FieldValue, number>> {
    const fields = fieldsOf(collection, index);
    const by = path(fieldAfter(fields, equals));
    const { records } = await this.#opened(collection);
    const counting = records.aggregate<{ _id: FieldValue; count: number }>([
      { $match: { ...wanted(fields, { equals }), [by]: { $ne: null } } },
      { $group: { _id: `$${by}`, count: { $sum: 1 } } },
    ]);
    return new Map((await asking(() => counting.toArray())).map(({ _id, count }) => [_id, count]));
  }

  async close(): Promise<void> {}

  async #stored<D>(
    collection: Collection<D>,
    ask: (records: MongoCollection<DocumentRecord>) => ReturnType<MongoCollection<DocumentRecord>['find']>,
    limit?: number,
  ): Promise<Stored<D>[]> {
    const { records } = await this.#opened(collection);
    if (limit !== undefined && limit <= 0) return [];
    // to the server, 0 is no limit
    const found = ask(records)
      .project<DocumentRecord>({ revision: 1, body: 1 })
      .limit(limit ?? 0);
    const stored = await asking(() => found.toArray());
    return stored.map(({ _id, revision, body }) => ({ key: _id, revision, document: JSON.parse(body) as D }));
  }

  /** Once a collection; a failed declaration is tried again. */
  #opened<D>({ name, indexes = {} }: Collection<D>): Promise<OpenCollection> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = openCollection(this.database, { collection: name, indexes });
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }
}

function wanted(fields: readonly string[], { equals = [], from, to }: Find): object {
  const equal = equals.map((value, at) => [path(fields[at]!), value]);
  const range = { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) };
  const ranged = Object.keys(range).length > 0 ? { [path(fields[equals.length]!)]: range } : {};
  return { ...Object.fromEntries(equal), ...ranged };
}
