import { type Connection, type Part, type Register, read, write } from '@quantrac/sqlite';
import { seriesReader } from './read-series.ts';
import { repacker } from './repack.ts';
import { type RowBlocks, rowBlocks } from './row-blocks.ts';
import { hourOf, makeTables, namesOf, type Owner, type StoredRow } from './series-tables.ts';
import type { LatestOf, Range, Row } from './time-series.ts';

/** Inserts rows that are absent; called inside the transaction of whoever commits. */
export type Insert = (rows: readonly Row[]) => number;

export function inserter(connection: Connection, onRollback: Register): Insert {
  makeTables(connection);
  const names = namesOf(connection, onRollback);
  const blocks = rowBlocks(connection);
  const insert = connection.prepare(
    `INSERT OR IGNORE INTO series_rows (collection, key, series, time, version, known_at, type, sequence, value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (rows) => {
    const isPacked = packedLookup(blocks);
    let inserted = 0;
    for (const { time, version, knownAt, sequence, value, ...named } of rows) {
      const owner = { collection: names.id(named.collection), key: names.id(named.key) };
      const series = names.id(named.series);
      if (isPacked(owner, series, time, version)) continue;
      const type = names.id(named.type);
      const { collection, key } = owner;
      inserted += insert.run(collection, key, series, time, version, knownAt, type, sequence, value).changes;
    }
    return inserted;
  };
}

/** Whether a row lies in a block, for the rows of one insert: each block that they meet is read once. */
function packedLookup(blocks: RowBlocks) {
  const packedBefore = new Map<number, number>();
  const met = new Map<string, StoredRow[]>();
  return (owner: Owner, series: number, time: number, version: number): boolean => {
    const before = packedBefore.get(owner.collection) ?? blocks.packedBefore(owner.collection);
    packedBefore.set(owner.collection, before);
    if (time >= before) return false;
    const name = `${owner.collection}/${owner.key}/${hourOf(time)}`;
    const rows = met.get(name) ?? blocks.of(owner, hourOf(time));
    met.set(name, rows);
    return rows.some((row) => row.series === series && row.time === time && row.version === version);
  };
}

export const part: Part = {
  name: 'time-series',
  open(connection, onRollback) {
    const insert = inserter(connection, onRollback);
    const names = namesOf(connection, onRollback);
    const blocks = rowBlocks(connection);
    const { range, latest, history } = seriesReader(connection, names, blocks);
    const keys = connection.prepare<[{ id: number | undefined; after: string; limit: number }], { name: string }>(
      `SELECT name FROM series_names WHERE name > @after
       AND (EXISTS (SELECT 1 FROM series_rows WHERE collection = @id AND key = series_names.id)
         OR EXISTS (SELECT 1 FROM series_blocks WHERE collection = @id AND key = series_names.id))
       ORDER BY name LIMIT @limit`,
    );
    const count = connection
      .prepare<unknown[], number>('SELECT count(*) FROM series_rows WHERE collection = ?')
      .pluck();
    return {
      insert: write(insert),
      ranges: read((ranges: readonly Range[]) => ranges.map(range)),
      latest: read((of: readonly LatestOf[]) => of.map(latest)),
      history: read(history),
      keys: read(({ collection, after, limit }: { collection: string; after: string; limit: number }) =>
        keys.all({ id: names.known(collection), after, limit }).map(({ name }) => name),
      ),
      count: read(({ collection }: { collection: string }) => {
        const id = names.known(collection);
        return id === undefined ? 0 : count.get(id)! + blocks.count(id);
      }),
      repack: write(repacker(connection, blocks)),
    };
  },
};
