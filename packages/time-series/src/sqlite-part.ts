import { type Connection, type Part, read, write } from '@quantrac/sqlite';
import type { LatestOf, Range, Row } from './time-series.ts';

/**
 * Rows lie in the order of their arrival, so that inserts touch the right edge only; the index leads from identity to row.
 * Texts that repeat are names with a number.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS series_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS series_rows (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, key INTEGER NOT NULL, series INTEGER NOT NULL,
    time INTEGER NOT NULL, version INTEGER NOT NULL, known_at INTEGER NOT NULL,
    type INTEGER NOT NULL, sequence TEXT NOT NULL, value BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS series_identity ON series_rows (collection, key, series, time, version);
`;

interface StoredRow {
  readonly collection: number;
  readonly key: number;
  readonly series: number;
  readonly time: number;
  readonly version: number;
  readonly known_at: number;
  readonly type: number;
  readonly sequence: string;
  readonly value: Buffer;
}

/** Inserts rows that are absent; called inside the transaction of whoever commits. */
export type Insert = (rows: readonly Row[]) => number;

interface Names {
  readonly id: (name: string) => number;
  readonly known: (name: string) => number | undefined;
  readonly name: (id: number) => string;
}

/** Names are never removed, so a cache of them stays true, unless the transaction that made one was rolled back. */
function namesOf(connection: Connection, onRollback: (forget: () => void) => void): Names {
  const byName = connection.prepare<[string], { id: number }>('SELECT id FROM series_names WHERE name = ?');
  const byId = connection.prepare<[number], { name: string }>('SELECT name FROM series_names WHERE id = ?');
  const make = connection.prepare<[string]>('INSERT INTO series_names (name) VALUES (?)');
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();
  const known = (name: string): number | undefined => {
    const cached = ids.get(name);
    if (cached !== undefined) return cached;
    const id = byName.get(name)?.id;
    if (id !== undefined) ids.set(name, id);
    return id;
  };
  onRollback(() => {
    ids.clear();
    texts.clear();
  });
  return {
    known,
    id: (name) => known(name) ?? Number(make.run(name).lastInsertRowid),
    name: (id) => {
      const cached = texts.get(id);
      if (cached !== undefined) return cached;
      const { name } = byId.get(id)!;
      texts.set(id, name);
      return name;
    },
  };
}

export function inserter(connection: Connection, onRollback: (forget: () => void) => void): Insert {
  connection.exec(schema);
  const names = namesOf(connection, onRollback);
  const insert = connection.prepare(
    `INSERT OR IGNORE INTO series_rows (collection, key, series, time, version, known_at, type, sequence, value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (rows) => {
    let inserted = 0;
    for (const { collection, key, series, time, version, knownAt, type, sequence, value } of rows)
      inserted += insert.run(
        names.id(collection),
        names.id(key),
        names.id(series),
        time,
        version,
        knownAt,
        names.id(type),
        sequence,
        value,
      ).changes;
    return inserted;
  };
}

function ranger(connection: Connection, names: Names, toRow: (row: StoredRow) => Row) {
  const oneSeries = connection.prepare<unknown[], StoredRow>(
    `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND series = ? AND time >= ? AND time < ?
     ORDER BY time, version`,
  );
  const allSeries = connection.prepare<unknown[], StoredRow>(
    `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND time >= ? AND time < ? ORDER BY series, time, version`,
  );
  return ({ collection, key, series, from, to, versions, knownAt, limit = Infinity }: Range): Row[] => {
    const ids = [names.known(collection), names.known(key), ...(series === undefined ? [] : [names.known(series)])];
    if (ids.includes(undefined)) return [];
    const statement = series === undefined ? allSeries : oneSeries;
    const rows: StoredRow[] = [];
    for (const row of statement.iterate(...ids, from, to)) {
      if (knownAt !== undefined && row.known_at > knownAt) continue;
      const before = rows.at(-1);
      const replaces = versions !== 'all' && before?.time === row.time && before.series === row.series;
      if (replaces) rows[rows.length - 1] = row;
      else if (rows.length < limit) rows.push(row);
      else break;
    }
    return rows.map(toRow);
  };
}

export const part: Part = {
  name: 'time-series',
  open(connection, onRollback) {
    const insert = inserter(connection, onRollback);
    const names = namesOf(connection, onRollback);
    const toRow = (row: StoredRow): Row => ({
      collection: names.name(row.collection),
      key: names.name(row.key),
      series: names.name(row.series),
      time: row.time,
      version: row.version,
      knownAt: row.known_at,
      type: names.name(row.type),
      sequence: row.sequence,
      value: row.value,
    });
    const range = ranger(connection, names, toRow);
    const newest = connection.prepare<unknown[], StoredRow>(
      `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND series = ? ORDER BY time DESC, version DESC LIMIT 1`,
    );
    const history = connection.prepare<unknown[], StoredRow>(
      `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    const keys = connection.prepare<unknown[], { name: string }>(
      `SELECT name FROM series_names WHERE name > ?
       AND EXISTS (SELECT 1 FROM series_rows WHERE collection = ? AND key = series_names.id) ORDER BY name LIMIT ?`,
    );
    const count = connection.prepare<unknown[], { count: number }>(
      'SELECT count(*) AS count FROM series_rows WHERE collection = ?',
    );
    return {
      insert: write(insert),
      ranges: read((ranges: readonly Range[]) => ranges.map(range)),
      latest: read((of: readonly LatestOf[]) =>
        of.map(({ collection, key, series }) => {
          const row = newest.get(names.known(collection), names.known(key), names.known(series));
          return row && toRow(row);
        }),
      ),
      history: read(
        ({ collection, key, after, limit }: { collection: string; key: string; after: string; limit: number }) =>
          history.all(names.known(collection), names.known(key), after, limit).map(toRow),
      ),
      keys: read(({ collection, after, limit }: { collection: string; after: string; limit: number }) =>
        keys.all(after, names.known(collection), limit).map(({ name }) => name),
      ),
      count: read(({ collection }: { collection: string }) => count.get(names.known(collection))!.count),
    };
  },
};
