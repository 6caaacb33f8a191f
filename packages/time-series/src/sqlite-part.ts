import { type Connection, type Part, type Register, read, write } from '@quantrac/sqlite';
import { newRows } from './new-rows.ts';
import { type PackedRows, unpackRows } from './packed-rows.ts';
import { seriesReader } from './read-series.ts';
import { repacker } from './repack.ts';
import { type RowBlocks, rowBlocks } from './row-blocks.ts';
import { CHUNK_BYTES, rowChunks, type ValuePlace } from './row-chunks.ts';
import { hourOf, makeTables, namesOf, type Owner, type StoredRow } from './series-tables.ts';
import type { LatestOf, Range, Row } from './time-series.ts';

/** Inserts rows that are absent; called inside the transaction of whoever commits. */
export type Insert = (rows: readonly Row[]) => number;

/** Fewer bytes than these, which is what comes one by one, lie in the rows themselves. */
const INLINE_BELOW_BYTES = 4096;

export function inserter(connection: Connection, onRollback: Register): Insert {
  makeTables(connection);
  const names = namesOf(connection, onRollback);
  const blocks = rowBlocks(connection);
  const chunks = rowChunks(connection, onRollback);
  const keepKey = keyKeeper(connection, onRollback);
  const insert = connection.prepare(
    `INSERT OR IGNORE INTO series_rows
       (collection, hour, key, series, time, version, known_at, type, sequence, value, chunk, at, length)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertOne = (row: Row, place: ValuePlace, isPacked: IsPacked): number => {
    const { time, version, knownAt, sequence } = row;
    const owner = { collection: names.id(row.collection), key: names.id(row.key) };
    const series = names.id(row.series);
    if (isPacked(owner, series, time, version)) return 0;
    keepKey(owner);
    const { collection, key } = owner;
    const { value, chunk, at, length } = place;
    const type = names.id(row.type);
    return insert.run(
      collection,
      hourOf(time),
      key,
      series,
      time,
      version,
      knownAt,
      type,
      sequence,
      value,
      chunk,
      at,
      length,
    ).changes;
  };
  return (rows) => {
    const isPacked = packedLookup(blocks);
    let inserted = 0;
    for (const group of groups(rows)) {
      const values = group.length === 1 ? group[0]!.value : Buffer.concat(group.map(({ value }) => value));
      const chunk = values.length < INLINE_BELOW_BYTES ? null : chunks.add(values, group.length);
      let [at, ofGroup] = [0, 0];
      for (const row of group) {
        const { length } = row.value;
        ofGroup += insertOne(row, { value: chunk === null ? row.value : null, chunk, at, length }, isPacked);
        at += length;
      }
      if (chunk !== null && ofGroup < group.length) chunks.release(chunk, group.length - ofGroup);
      inserted += ofGroup;
    }
    return inserted;
  };
}

/** Neighbours whose values make a chunk. */
function* groups(rows: readonly Row[]): Iterable<readonly Row[]> {
  for (let from = 0; from < rows.length; ) {
    let to = from;
    for (let bytes = 0; to < rows.length && bytes < CHUNK_BYTES; to++) bytes += rows[to]!.value.length;
    yield rows.slice(from, to);
    from = to;
  }
}

/** Notes once that a collection has rows of a key. */
function keyKeeper(connection: Connection, onRollback: Register): (owner: Owner) => void {
  const keep = connection.prepare('INSERT OR IGNORE INTO series_keys (collection, key) VALUES (?, ?)');
  const kept = new Map<number, Set<number>>();
  onRollback(() => kept.clear());
  return ({ collection, key }) => {
    const keys = kept.get(collection) ?? new Set<number>();
    if (keys.has(key)) return;
    kept.set(collection, keys.add(key));
    keep.run(collection, key);
  };
}

type IsPacked = (owner: Owner, series: number, time: number, version: number) => boolean;

/** Whether a row lies in a block, for the rows of one insert: each block that they meet is read once. */
function packedLookup(blocks: RowBlocks): IsPacked {
  const packedBefore = new Map<number, number>();
  const met = new Map<string, StoredRow[]>();
  return (owner, series, time, version) => {
    const before = packedBefore.get(owner.collection) ?? blocks.packedBefore(owner.collection);
    packedBefore.set(owner.collection, before);
    if (time >= before) return false;
    const name = `${owner.collection}/${owner.key}/${hourOf(time)}`;
    const rows = met.get(name) ?? blocks.of(owner, hourOf(time));
    met.set(name, rows);
    return rows.some((row) => row.series === series && row.time === time && row.version === version);
  };
}

/** Whether several series of each owner are asked for, so that its rows are better read once. */
const isOfFew = (ranges: readonly Range[]): boolean =>
  new Set(ranges.map(({ collection, key }) => `${collection} ${key}`)).size * 2 <= ranges.length;

export const part: Part = {
  name: 'time-series',
  open(connection, onRollback) {
    const insert = inserter(connection, onRollback);
    const names = namesOf(connection, onRollback);
    const blocks = rowBlocks(connection);
    const chunks = rowChunks(connection, onRollback);
    const fresh = newRows(connection, chunks);
    const { range, latest, history } = seriesReader(names, fresh, blocks);
    const keys = connection.prepare<[{ id: number | undefined; after: string; limit: number }], { name: string }>(
      `SELECT name FROM series_names WHERE name > @after
       AND EXISTS (SELECT 1 FROM series_keys WHERE collection = @id AND key = series_names.id)
       ORDER BY name LIMIT @limit`,
    );
    const count = connection
      .prepare<unknown[], number>('SELECT count(*) FROM series_rows WHERE collection = ?')
      .pluck();
    return {
      insert: write((rows: PackedRows) => insert(unpackRows(rows))),
      // One transaction: it costs less than one a statement, and all are read of one moment.
      ranges: read(
        connection.transaction((ranges: readonly Range[]) =>
          isOfFew(ranges) ? fresh.together(() => ranges.map(range)) : ranges.map(range),
        ),
      ),
      latest: read((of: readonly LatestOf[]) => of.map(latest)),
      history: read(history),
      keys: read(({ collection, after, limit }: { collection: string; after: string; limit: number }) =>
        keys.all({ id: names.known(collection), after, limit }).map(({ name }) => name),
      ),
      count: read(({ collection }: { collection: string }) => {
        const id = names.known(collection);
        return id === undefined ? 0 : count.get(id)! + blocks.count(id);
      }),
      repack: write(repacker(connection, { fresh, chunks, blocks })),
    };
  },
};
