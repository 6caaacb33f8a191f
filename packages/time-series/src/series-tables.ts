import type { Connection, Register } from '@quantrac/sqlite';

/**
 * New rows lie in the order of their arrival and their values in chunks, so that inserts touch the right edge only. The index leads from identity
 * to row, hour by hour: what arrives at one time stands close together in it, whatever the number of keys.
 * Closed hours lie in blocks, a key and hour each. Texts that repeat are names with a number.
 * `packed_before`: no row at or after this time lies in a block of the collection. Numbers of chunks are never used again, so that a cache of them stays true.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS series_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS series_keys (
    collection INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS series_rows (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, hour INTEGER NOT NULL, key INTEGER NOT NULL, series INTEGER NOT NULL,
    time INTEGER NOT NULL, version INTEGER NOT NULL, known_at INTEGER NOT NULL,
    type INTEGER NOT NULL, sequence TEXT NOT NULL, value BLOB, chunk INTEGER, at INTEGER NOT NULL, length INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS series_identity ON series_rows (collection, hour, key, series, time, version);
  CREATE TABLE IF NOT EXISTS series_chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS series_blocks (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, key INTEGER NOT NULL, hour INTEGER NOT NULL,
    first_sequence TEXT NOT NULL, last_sequence TEXT NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS series_block_hours ON series_blocks (collection, key, hour);
  CREATE INDEX IF NOT EXISTS series_block_sequences ON series_blocks (collection, key, first_sequence, last_sequence);
  CREATE TABLE IF NOT EXISTS series_packed (
    collection INTEGER PRIMARY KEY, packed_before INTEGER NOT NULL, rows INTEGER NOT NULL
  ) STRICT;
`;

/** A row of one collection and key, its texts by number. */
export interface StoredRow {
  readonly series: number;
  readonly time: number;
  readonly version: number;
  readonly known_at: number;
  readonly type: number;
  readonly sequence: string;
  readonly value: Uint8Array;
}

/** Of what all rows of a block are. */
export interface Owner {
  readonly collection: number;
  readonly key: number;
}

export const HOUR_MS = 3_600_000;
export const hourOf = (time: number): number => Math.floor(time / HOUR_MS);

export const makeTables = (connection: Connection): void => void connection.exec(schema);

export interface Names {
  readonly id: (name: string) => number;
  readonly known: (name: string) => number | undefined;
  readonly name: (id: number) => string;
}

/** Names are never removed, so a cache of them stays true, unless the transaction that made one was rolled back. */
export function namesOf(connection: Connection, onRollback: Register): Names {
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
