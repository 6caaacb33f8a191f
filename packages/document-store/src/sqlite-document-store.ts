import type { Database } from '@quantrac/sqlite';
import { documentChanged, fieldsOf } from './declared.ts';
import { type Collection, DocumentStore, type FieldValue, type Find, type Put, type Stored } from './document-store.ts';
import type { DocumentRow } from './sqlite-part.ts';

/** Documents as JSON text, a table a collection, indexes on expressions. */
export class SqliteDocumentStore extends DocumentStore {
  readonly #declared = new Map<string, Promise<void>>();

  private constructor(readonly database: Database) {
    super();
  }

  static async open(database: Database): Promise<SqliteDocumentStore> {
    await database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteDocumentStore(database);
  }

  async get<D>(collection: Collection<D>, key: string): Promise<Stored<D> | undefined> {
    return (await this.getMany(collection, [key]))[0];
  }

  async getMany<D>(collection: Collection<D>, keys: readonly string[]): Promise<readonly Stored<D>[]> {
    return keys.length === 0 ? [] : this.#rows(collection, 'get', { keys });
  }

  async put<D>(collection: Collection<D>, put: Put<D>): Promise<number> {
    const [revision] = await this.putMany(collection, [put]);
    if (revision === undefined) throw documentChanged(collection.name, put.key, put.expected);
    return revision;
  }

  async putMany<D>(collection: Collection<D>, puts: readonly Put<D>[]): Promise<readonly (number | undefined)[]> {
    await this.declare(collection);
    const rows = puts.map(({ key, document, expected }) => ({ key, expected, body: JSON.stringify(document) }));
    return this.database.call('document-store.put', { collection: collection.name, puts: rows });
  }

  async remove<D>(collection: Collection<D>, key: string): Promise<void> {
    await this.declare(collection);
    await this.database.call('document-store.remove', { collection: collection.name, key });
  }

  async find<D>(collection: Collection<D>, index: string, find: Find): Promise<readonly Stored<D>[]> {
    fieldsOf(collection, index);
    return this.#rows(collection, 'find', { index, find });
  }

  async list<D>(collection: Collection<D>, { after = '', limit = 10_000 } = {}): Promise<readonly Stored<D>[]> {
    return this.#rows(collection, 'list', { after, limit });
  }

  async count<D>(collection: Collection<D>): Promise<number> {
    await this.declare(collection);
    return this.database.call('document-store.count', { collection: collection.name });
  }

  async countBy<D>(
    collection: Collection<D>,
    index: string,
    equals: readonly FieldValue[] = [],
  ): Promise<ReadonlyMap<FieldValue, number>> {
    fieldsOf(collection, index);
    await this.declare(collection);
    const argument = { collection: collection.name, index, equals };
    return new Map(await this.database.call<[FieldValue, number][]>('document-store.countBy', argument));
  }

  async close(): Promise<void> {}

  async #rows<D>(collection: Collection<D>, operation: string, argument: object): Promise<Stored<D>[]> {
    await this.declare(collection);
    const rows = await this.database.call<DocumentRow[]>(`document-store.${operation}`, {
      collection: collection.name,
      ...argument,
    });
    return rows.map(({ key, revision, body }) => ({ key, revision, document: JSON.parse(body) as D }));
  }

  /** Once a collection; a failed declaration is tried again. */
  declare<D>({ name, indexes = {} }: Collection<D>): Promise<void> {
    const known = this.#declared.get(name);
    if (known) return known;
    const declaring = this.database.call<void>('document-store.declare', { collection: name, indexes });
    this.#declared.set(name, declaring);
    declaring.catch(() => this.#declared.delete(name));
    return declaring;
  }
}
