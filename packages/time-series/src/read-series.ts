import type { NewRows } from './new-rows.ts';
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
export function seriesReader(names: Names, fresh: NewRows, blocks: RowBlocks) {
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

  const oneSeries = (owner: Owner, series: number, from: number, to: number): Iterable<StoredRow> =>
    merged(fresh.ofSeries(owner, series, from, to), only(series, blocks.between(owner, from, to)));
  const allSeries = (owner: Owner, from: number, to: number): Iterable<StoredRow> =>
    [...fresh.ofKey(owner, from, to), ...blocks.between(owner, from, to)].sort(
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
      const series = names.known(asked.series);
      const row = owner && series !== undefined ? fresh.newest(owner, series) : undefined;
      return row && toRow(asked)(row);
    },
    history({ collection, key, after, limit }: HistoryArgument): Row[] {
      const owner = ownerOf({ collection, key });
      if (!owner) return [];
      const behind = [...fresh.ofKey(owner, -Infinity, Infinity)].filter(({ sequence }) => sequence > after);
      return [...behind, ...blocks.behind(owner, after, limit)]
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

/** Both ascend by time and version; neither is read farther than whoever asks goes. */
function* merged(fresh: Iterable<StoredRow>, packed: Iterable<StoredRow>): Iterable<StoredRow> {
  const news = fresh[Symbol.iterator]();
  let next = news.next();
  for (const row of packed) {
    for (; !next.done && inTime(next.value, row) < 0; next = news.next()) yield next.value;
    yield row;
  }
  for (; !next.done; next = news.next()) yield next.value;
}

function* only(series: number, rows: Iterable<StoredRow>): Iterable<StoredRow> {
  for (const row of rows) if (row.series === series) yield row;
}

const inTime = (a: StoredRow, b: StoredRow) => a.time - b.time || a.version - b.version;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A view into a block would take the whole block to the other thread. */
const own = (value: Uint8Array): Uint8Array =>
  value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
