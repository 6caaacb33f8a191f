import type { Connection } from '@quantrac/sqlite';
import type { RowBlocks } from './row-blocks.ts';
import type { Names, Owner, StoredRow } from './series-tables.ts';
import type { LatestOf, Range, Row } from './time-series.ts';

export interface HistoryArgument {
  readonly collection: string;
  readonly key: string;
  readonly after: string;
  readonly limit: number;
}

/** Reads over the new rows and the blocks, as if they were one table. */
export function seriesReader(connection: Connection, names: Names, blocks: RowBlocks) {
  const ofSeries = connection.prepare<unknown[], StoredRow>(
    `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND series = ? AND time >= ? AND time < ?
     ORDER BY time, version`,
  );
  const ofKey = connection.prepare<unknown[], StoredRow>(
    'SELECT * FROM series_rows WHERE collection = ? AND key = ? AND time >= ? AND time < ?',
  );
  const newest = connection.prepare<unknown[], StoredRow>(
    `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND series = ? ORDER BY time DESC, version DESC LIMIT 1`,
  );
  const behind = connection.prepare<unknown[], StoredRow>(
    `SELECT * FROM series_rows WHERE collection = ? AND key = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  );

  const ownerOf = (of: { collection: string; key: string }): Owner | undefined => {
    const [collection, key] = [names.known(of.collection), names.known(of.key)];
    return collection === undefined || key === undefined ? undefined : { collection, key };
  };
  const toRow =
    ({ collection, key }: { collection: string; key: string }) =>
    (row: StoredRow): Row => ({
      collection,
      key,
      series: names.name(row.series),
      time: row.time,
      version: row.version,
      knownAt: row.known_at,
      type: names.name(row.type),
      sequence: row.sequence,
      value: own(row.value),
    });

  const oneSeries = ({ collection, key }: Owner, series: number, from: number, to: number): Iterable<StoredRow> =>
    merged(
      ofSeries.all(collection, key, series, from, to),
      only(series, blocks.between({ collection, key }, from, to)),
    );
  const allSeries = ({ collection, key }: Owner, from: number, to: number): Iterable<StoredRow> =>
    [...ofKey.all(collection, key, from, to), ...blocks.between({ collection, key }, from, to)].sort(
      (a, b) => compare(names.name(a.series), names.name(b.series)) || inTime(a, b),
    );

  return {
    range(asked: Range): Row[] {
      const { from, to } = asked;
      const owner = ownerOf(asked);
      const series = asked.series === undefined ? undefined : names.known(asked.series);
      if (!owner || (asked.series !== undefined && series === undefined)) return [];
      const rows = series === undefined ? allSeries(owner, from, to) : oneSeries(owner, series, from, to);
      return chosen(rows, asked).map(toRow(asked));
    },
    latest(asked: LatestOf): Row | undefined {
      const owner = ownerOf(asked);
      const row = owner && newest.get(owner.collection, owner.key, names.known(asked.series));
      return row && toRow(asked)(row);
    },
    history({ collection, key, after, limit }: HistoryArgument): Row[] {
      const owner = ownerOf({ collection, key });
      if (!owner) return [];
      return [...behind.all(owner.collection, owner.key, after, limit), ...blocks.behind(owner, after, limit)]
        .sort((a, b) => compare(a.sequence, b.sequence))
        .slice(0, limit)
        .map(toRow({ collection, key }));
    },
  };
}

/** The versions that were asked for; `rows` ascend by series, time and version. */
function chosen(rows: Iterable<StoredRow>, { versions, knownAt = Infinity, limit = Infinity }: Range): StoredRow[] {
  const taken: StoredRow[] = [];
  for (const row of rows) {
    if (row.known_at > knownAt) continue;
    const before = taken.at(-1);
    const replaces = versions !== 'all' && before?.time === row.time && before.series === row.series;
    if (replaces) taken[taken.length - 1] = row;
    else if (taken.length < limit) taken.push(row);
    else break;
  }
  return taken;
}

/** Both ascend by time and version. */
function* merged(hot: readonly StoredRow[], packed: Iterable<StoredRow>): Iterable<StoredRow> {
  let at = 0;
  for (const row of packed) {
    while (at < hot.length && inTime(hot[at]!, row) < 0) yield hot[at++]!;
    yield row;
  }
  yield* hot.slice(at);
}

function* only(series: number, rows: Iterable<StoredRow>): Iterable<StoredRow> {
  for (const row of rows) if (row.series === series) yield row;
}

const inTime = (a: StoredRow, b: StoredRow) => a.time - b.time || a.version - b.version;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A view into a block would take the whole block to the other thread. */
const own = (value: Uint8Array): Uint8Array =>
  value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
