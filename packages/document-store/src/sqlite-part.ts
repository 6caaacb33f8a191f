import { Fault } from '@quantrac/event-sourcing';
import { type Connection, type Part, read, write } from '@quantrac/sqlite';
import type { FieldValue, Find } from './document-store.ts';

export interface CollectionArgument {
  readonly collection: string;
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

export interface DocumentRow {
  readonly key: string;
  readonly revision: number;
  readonly body: string;
}

export interface PutRow {
  readonly key: string;
  readonly body: string;
  readonly expected: number | undefined;
}

/** The new revision, or `undefined` when another writer was faster. */
export type PutOne = (put: PutRow) => number | undefined;

const name = /^[a-z][a-z0-9-]*$/;
const field = /^[A-Za-z][A-Za-z0-9]*$/;

const table = (collection: string): string => {
  if (!name.test(collection))
    throw Fault.invalid('CollectionName', `"${collection}" cannot name a collection: use a-z, 0-9 and -`);
  return `documents_${collection.replaceAll('-', '_')}`;
};

const column = (path: string): string => {
  if (!field.test(path)) throw Fault.invalid('FieldName', `"${path}" cannot be indexed: name a top-level field`);
  return `json_extract(body, '$.${path}')`;
};

/** Makes the collection's table and indexes; an index that stands with other fields is named. */
export function declare(connection: Connection, { collection, indexes }: CollectionArgument): void {
  const documents = table(collection);
  connection.exec(
    `CREATE TABLE IF NOT EXISTS ${documents} (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
  );
  for (const [index, fields] of Object.entries(indexes)) {
    const made = `${documents}__${index.replaceAll('-', '_')}`;
    const sql = `CREATE INDEX ${made} ON ${documents} (${fields.map(column).join(', ')}, key)`;
    const there = connection
      .prepare<[string], { sql: string }>('SELECT sql FROM sqlite_master WHERE name = ?')
      .get(made);
    if (!there) connection.exec(sql);
    else if (there.sql !== sql)
      throw Fault.invalid(
        'IndexChanged',
        `index ${index} of ${collection} stands with other fields: give the new one a new name`,
      );
  }
}

/** Conditional puts into one collection; called inside the transaction of whoever commits. */
export function putter(connection: Connection, collection: string): PutOne {
  const documents = table(collection);
  const insert = connection.prepare<[string, string]>(
    `INSERT OR IGNORE INTO ${documents} (key, revision, body) VALUES (?, 1, ?)`,
  );
  const replace = connection.prepare<[string, string, number]>(
    `UPDATE ${documents} SET body = ?, revision = revision + 1 WHERE key = ? AND revision = ?`,
  );
  const upsert = connection.prepare<[string, string], { revision: number }>(
    `INSERT INTO ${documents} (key, revision, body) VALUES (?, 1, ?)
     ON CONFLICT (key) DO UPDATE SET body = excluded.body, revision = revision + 1 RETURNING revision`,
  );
  return ({ key, body, expected }) => {
    if (expected === undefined) return upsert.get(key, body)!.revision;
    const done = expected === 0 ? insert.run(key, body) : replace.run(body, key, expected);
    return done.changes === 1 ? expected + 1 : undefined;
  };
}

function finder(connection: Connection, { collection, indexes }: CollectionArgument) {
  const documents = table(collection);
  return (index: string, { equals = [], from, to, descending = false, limit = 1000 }: Find): DocumentRow[] => {
    const fields = indexes[index]!.map(column);
    const next = fields[equals.length];
    const where = equals.map((_, at) => `${fields[at]} = ?`);
    const values: FieldValue[] = [...equals];
    if (from !== undefined && next) where.push(`${next} >= ?`) && values.push(from);
    if (to !== undefined && next) where.push(`${next} < ?`) && values.push(to);
    const order = [...fields.slice(equals.length), 'key']
      .map((by) => `${by} ${descending ? 'DESC' : 'ASC'}`)
      .join(', ');
    const condition = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
    return connection
      .prepare<FieldValue[], DocumentRow>(
        `SELECT key, revision, body FROM ${documents} ${condition} ORDER BY ${order} LIMIT ?`,
      )
      .all(...values, limit);
  };
}

function opened(connection: Connection, argument: CollectionArgument) {
  declare(connection, argument);
  const documents = table(argument.collection);
  return {
    put: putter(connection, argument.collection),
    get: connection.prepare<[string], DocumentRow>(`SELECT key, revision, body FROM ${documents} WHERE key = ?`),
    list: connection.prepare<[string, number], DocumentRow>(
      `SELECT key, revision, body FROM ${documents} WHERE key > ? ORDER BY key LIMIT ?`,
    ),
    remove: connection.prepare<[string]>(`DELETE FROM ${documents} WHERE key = ?`),
    count: connection.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${documents}`),
    find: finder(connection, argument),
  };
}

export const part: Part = {
  name: 'document-store',
  open(connection) {
    const collections = new Map<string, ReturnType<typeof opened>>();
    const of = (collection: string) => collections.get(collection)!;
    return {
      declare: write((argument: CollectionArgument) => {
        if (!collections.has(argument.collection)) collections.set(argument.collection, opened(connection, argument));
      }),
      get: read(({ collection, keys }: { collection: string; keys: readonly string[] }) =>
        keys.flatMap((key) => of(collection).get.get(key) ?? []),
      ),
      put: write(({ collection, puts }: { collection: string; puts: readonly PutRow[] }) =>
        puts.map(of(collection).put),
      ),
      remove: write(({ collection, key }: { collection: string; key: string }) => void of(collection).remove.run(key)),
      list: read(({ collection, after, limit }: { collection: string; after: string; limit: number }) =>
        of(collection).list.all(after, limit),
      ),
      count: read(({ collection }: { collection: string }) => of(collection).count.get()!.count),
      find: read(({ collection, index, find }: { collection: string; index: string; find: Find }) =>
        of(collection).find(index, find),
      ),
    };
  },
};
