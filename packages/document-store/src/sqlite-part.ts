import { type Connection, type Part, read, write } from '@quantrac/sqlite';
import type { Statement } from 'better-sqlite3';
import { checkNames, type Declaration, fieldAfter, indexChanged, refuseTooMany } from './declared.ts';
import type { FieldValue, Find } from './document-store.ts';

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

const table = (collection: string): string => `documents_${collection.replaceAll('-', '_')}`;
const column = (field: string): string => `json_extract(body, '$.${field}')`;

/** Makes the collection's table and indexes; an index that stands with other fields is named. */
export function declare(connection: Connection, { collection, indexes }: Declaration): void {
  checkNames({ collection, indexes });
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
    else if (there.sql !== sql) throw indexChanged(index, collection);
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

function finder(connection: Connection, { collection, indexes }: Declaration) {
  const prepared = new Map<string, Statement<FieldValue[], DocumentRow>>();
  return (index: string, find: Find): DocumentRow[] => {
    const sql = findSql(table(collection), indexes[index]!, find);
    const statement = prepared.get(sql) ?? connection.prepare<FieldValue[], DocumentRow>(sql);
    prepared.set(sql, statement);
    const { equals = [], from, to, limit = 1000 } = find;
    return statement.all(...equals, ...[from, to].filter((bound) => bound !== undefined), limit);
  };
}

function countBy(connection: Connection, { collection, indexes }: Declaration) {
  return (index: string, equals: readonly FieldValue[]): [FieldValue, number][] => {
    const columns = indexes[index]!.map(column);
    const by = column(fieldAfter(indexes[index]!, equals));
    const where = [...columns.slice(0, equals.length).map((each) => `${each} = ?`), `${by} IS NOT NULL`];
    const sql = `SELECT ${by}, count(*) FROM ${table(collection)} WHERE ${where.join(' AND ')} GROUP BY ${by}`;
    return connection
      .prepare<FieldValue[], [FieldValue, number]>(sql)
      .raw()
      .all(...equals);
  };
}

function findSql(documents: string, fields: readonly string[], find: Find): string {
  refuseTooMany(fields, find);
  const { equals = [], from, to, descending } = find;
  const columns = fields.map(column);
  const next = columns[equals.length];
  const where = columns.slice(0, equals.length).map((by) => `${by} = ?`);
  if (from !== undefined) where.push(`${next} >= ?`);
  if (to !== undefined) where.push(`${next} < ?`);
  const order = [...columns.slice(equals.length), 'key'].map((by) => `${by} ${descending ? 'DESC' : 'ASC'}`);
  const condition = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  return `SELECT key, revision, body FROM ${documents} ${condition} ORDER BY ${order.join(', ')} LIMIT ?`;
}

function prepared(connection: Connection, argument: Declaration) {
  const documents = table(argument.collection);
  return {
    indexes: argument.indexes,
    put: putter(connection, argument.collection),
    get: connection.prepare<[string], DocumentRow>(`SELECT key, revision, body FROM ${documents} WHERE key = ?`),
    list: connection.prepare<[string, number], DocumentRow>(
      `SELECT key, revision, body FROM ${documents} WHERE key > ? ORDER BY key LIMIT ?`,
    ),
    remove: connection.prepare<[string]>(`DELETE FROM ${documents} WHERE key = ?`),
    count: connection.prepare<[], { count: number }>(`SELECT count(*) AS count FROM ${documents}`),
    find: finder(connection, argument),
    countBy: countBy(connection, argument),
  };
}

export const part: Part = {
  name: 'document-store',
  open(connection) {
    const collections = new Map<string, ReturnType<typeof prepared>>();
    const of = (collection: string) => collections.get(collection)!;
    return {
      /** Every instance declares; what an earlier one has declared stays known. */
      declare: write(({ collection, indexes }: Declaration) => {
        declare(connection, { collection, indexes });
        const all = { ...collections.get(collection)?.indexes, ...indexes };
        collections.set(collection, prepared(connection, { collection, indexes: all }));
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
      countBy: read(
        ({ collection, index, equals }: { collection: string; index: string; equals: readonly FieldValue[] }) =>
          of(collection).countBy(index, equals),
      ),
      find: read(({ collection, index, find }: { collection: string; index: string; find: Find }) =>
        of(collection).find(index, find),
      ),
    };
  },
};
