import type { Connection } from '@quantrac/sqlite';
import type { NewRows } from './new-rows.ts';
import type { RowBlocks } from './row-blocks.ts';
import type { RowChunks } from './row-chunks.ts';
import { HOUR_MS, hourOf, type Owner, type StoredRow } from './series-tables.ts';

export interface Repacked {
  readonly blocks: number;
  readonly rows: number;
  /** Every row that waits has been looked at once: come again later. */
  readonly done: boolean;
}

type Arrival = Owner & { readonly id: number; readonly time: number };

/** Rows of an hour come late and in bursts: it is closed when its collection's newest rows are so much later. */
const CLOSED_AFTER_MS = 2 * HOUR_MS;
const NEWEST_ROWS = 2000;
const ROWS_LOOKED_AT_PER_BLOCK = 16;

/**
 * Moves the rows of closed hours into blocks, at most `limit` blocks a call, from the oldest arrival on.
 * The newest row of each series stays outside, so that `latest` never looks into blocks.
 */
export function repacker(
  connection: Connection,
  { fresh, chunks, blocks }: { readonly fresh: NewRows; readonly chunks: RowChunks; readonly blocks: RowBlocks },
): (argument: { limit: number }) => Repacked {
  const arrivals = connection.prepare<[number, number], Arrival>(
    'SELECT id, collection, key, time FROM series_rows WHERE id > ? ORDER BY id LIMIT ?',
  );
  const newest = connection.prepare<[number], { collection: number; time: number }>(
    `SELECT collection, max(time) AS time FROM (SELECT collection, time FROM series_rows ORDER BY id DESC LIMIT ?)
     GROUP BY collection`,
  );
  const remove = connection.prepare<[number]>('DELETE FROM series_rows WHERE id = ?');
  /** The last arrival that was looked at, and when each collection's rows were newest as the round began; a restart begins it again. */
  let lookedAt = 0;
  let newestTimes = new Map<number, number>();

  const pack = (owner: Owner, hour: number): number => {
    const all = fresh.ofHour(owner, hour);
    const newest = new Map<number, number>();
    for (const { series } of all) if (!newest.has(series)) newest.set(series, fresh.newest(owner, series)!.time);
    const rows = all.filter((row) => row.time < newest.get(row.series)!);
    if (rows.length === 0) return 0;
    const moved = rows.map((row): StoredRow => ({ ...row, value: chunks.valueOf(row) }));
    blocks.put(owner, hour, [...blocks.of(owner, hour), ...moved]);
    for (const { id } of rows) remove.run(id);
    for (const [chunk, members] of Map.groupBy(rows, (row) => row.chunk))
      if (chunk !== null) chunks.release(chunk, members.length);
    blocks.packed(owner.collection, hour, rows.length);
    return rows.length;
  };

  return ({ limit }) => {
    if (lookedAt === 0)
      newestTimes = new Map(newest.all(NEWEST_ROWS).map(({ collection, time }) => [collection, time]));
    const looked = new Set<string>();
    const examined = limit * ROWS_LOOKED_AT_PER_BLOCK;
    const batch = arrivals.all(lookedAt, examined);
    let [made, moved] = [0, 0];
    for (const { id, collection, key, time } of batch) {
      if (made === limit) return { blocks: made, rows: moved, done: false };
      lookedAt = id;
      const hour = hourOf(time);
      const group = `${collection}/${key}/${hour}`;
      const closed = (hour + 1) * HOUR_MS + CLOSED_AFTER_MS <= (newestTimes.get(collection) ?? Infinity);
      if (!closed || looked.has(group)) continue;
      looked.add(group);
      const rows = pack({ collection, key }, hour);
      moved += rows;
      if (rows > 0) made++;
    }
    const done = batch.length < examined;
    if (done) lookedAt = 0;
    return { blocks: made, rows: moved, done };
  };
}
