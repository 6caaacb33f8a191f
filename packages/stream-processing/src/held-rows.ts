import type { Row } from '@quantrac/time-series';
import type { OwnRow, OwnRows, RowOutput, Window } from './processor.ts';

/** All current rows of one series in [from, to), as the store and this batch have them. */
interface Held {
  from: number;
  to: number;
  readonly rows: OwnRow[];
}

/** What a load asks the store for. */
export interface Missing {
  readonly collection: string;
  readonly series: string;
  readonly from: number;
  readonly to: number;
}

const decoder = new TextDecoder();
const TRIM_FROM_ROWS = 8;

/** One key's own rows in memory: loaded by range, kept current by what is put, cut behind the newest. */
export class HeldRows implements OwnRows {
  /** By collection and series. */
  readonly #held = new Map<string, Map<string, Held>>();
  /** Put and not yet committed. */
  #uncommitted: { readonly collection: string; readonly row: OwnRow }[] = [];
  readonly #keepMs: number;
  /** A key without a cell has no rows: everything is known of it. */
  readonly #fresh: boolean;

  constructor(options: { keepMs: number; fresh: boolean }) {
    this.#keepMs = options.keepMs;
    this.#fresh = options.fresh;
  }

  range<Data>(collection: string, series: string, from: number, to: number): readonly OwnRow<Data>[] {
    const held = this.#covering(collection, series, from, to);
    const begin = lowerBound(held.rows, from);
    const end = to === Infinity ? held.rows.length : lowerBound(held.rows, to);
    return held.rows.slice(begin, end) as unknown as readonly OwnRow<Data>[];
  }

  at<Data>(collection: string, series: string, time: number): OwnRow<Data> | undefined {
    const { rows } = this.#covering(collection, series, time, time + 1);
    const row = rows[lowerBound(rows, time)];
    return row?.time === time ? (row as OwnRow<Data>) : undefined;
  }

  /** What must be loaded before these windows can be read. */
  missing(windows: readonly Window[]): Missing[] {
    return windows.flatMap(({ collection, series, from, to }) => {
      const held = this.#find(collection, series);
      if (held && held.from <= from && to <= held.to) return [];
      if (!held) return { collection, series, from, to: Infinity };
      const farBehind = to < held.from - 8 * this.#keepMs;
      if (farBehind) return { collection, series, from, to };
      return { collection, series, from: Math.min(from, held.from), to: Infinity };
    });
  }

  loaded({ collection, series, from, to }: Missing, rows: readonly Row[]): void {
    const held: Held = { from, to, rows: rows.map(decoded) };
    for (const put of this.#uncommitted)
      if (put.collection === collection && put.row.series === series) place(held, put.row);
    this.#of(collection).set(series, held);
  }

  put(output: RowOutput): void {
    const collection = output.topic?.name ?? output.collection!;
    const { series, time, version, knownAt, data } = output;
    const row: OwnRow = { series, time, version, knownAt, data };
    this.#uncommitted.push({ collection, row });
    const held = this.#find(collection, series);
    if (held) place(held, row);
  }

  committed(): void {
    this.#uncommitted = [];
    for (const series of this.#held.values()) for (const held of series.values()) this.#trim(held);
  }

  #covering(collection: string, series: string, from: number, to: number): Held {
    const held = this.#find(collection, series);
    if (!held || from < held.from || to > held.to)
      throw new Error(`rows of ${collection} ${series} from ${from} to ${to} were read but not asked for in lookback`);
    return held;
  }

  #find(collection: string, series: string): Held | undefined {
    const held = this.#held.get(collection)?.get(series);
    if (held || !this.#fresh) return held;
    const everything: Held = { from: -Infinity, to: Infinity, rows: [] };
    this.#of(collection).set(series, everything);
    return everything;
  }

  #of(collection: string): Map<string, Held> {
    const known = this.#held.get(collection);
    if (known) return known;
    const made = new Map<string, Held>();
    this.#held.set(collection, made);
    return made;
  }

  #trim(held: Held): void {
    const { rows } = held;
    if (rows.length < TRIM_FROM_ROWS || held.to !== Infinity) return;
    const oldest = rows.at(-1)!.time - this.#keepMs;
    if (rows[0]!.time > oldest - this.#keepMs / 2) return;
    rows.splice(0, lowerBound(rows, oldest));
    held.from = oldest;
  }
}

const decoded = (row: Row): OwnRow => ({
  series: row.series,
  time: row.time,
  version: row.version,
  knownAt: row.knownAt,
  data: JSON.parse(decoder.decode(row.value)),
});

/** Current only moves up: an older version never replaces a newer one. */
function place(held: Held, row: OwnRow): void {
  if (row.time < held.from || row.time >= held.to) return;
  const { rows } = held;
  const last = rows.at(-1);
  if (!last || last.time < row.time) {
    rows.push(row);
    return;
  }
  const index = lowerBound(rows, row.time);
  if (rows[index]?.time !== row.time) rows.splice(index, 0, row);
  else if (rows[index]!.version < row.version) rows[index] = row;
}

/** The first index whose time is not before `time`. */
function lowerBound(rows: readonly OwnRow[], time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
