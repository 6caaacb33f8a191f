import type { Row } from '@quantrac/time-series';
import type { OwnRow, OwnRows, RowOutput, Window } from './processor.ts';

/** All current rows of one series in [from, to), as the store and this batch have them. */
interface Stretch {
  from: number;
  to: number;
  rows: OwnRow[];
  /** How far behind its newest row it was looked at, ms. */
  reach: number;
}

/** What a load asks the store for, of one key. */
export interface Missing {
  readonly collection: string;
  readonly series: string;
  readonly from: number;
  readonly to: number;
  /** What was looked for; beyond it rows are read on, as far as `limit` allows, since they will be looked for next. */
  readonly wanted: number;
  readonly limit?: number;
}

const decoder = new TextDecoder();
const TRIM_FROM_ROWS = 8;
/** Beyond what is looked for rows are read to the newest if they are few; else the newest are read when they are looked for. */
const ROWS_AT_ONCE = 200;
const OLDER_ROWS_KEPT = 2 * ROWS_AT_ONCE;
const REACH_AT_MOST_MS = 50 * 3_600_000;

/** One key's own rows in memory: loaded by stretches, kept current by what is put, cut behind the newest. */
export class HeldRows implements OwnRows {
  /** By collection and series; stretches of one series neither touch nor overlap. */
  readonly #held = new Map<string, Map<string, Stretch[]>>();
  /** Stretches of series that were loaded or put to since they were last cut. */
  readonly #touched = new Set<Stretch[]>();
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
    if (from >= to) return [];
    const { rows } = this.#covering(collection, series, from, to);
    const begin = lowerBound(rows, from);
    const end = to === Infinity ? rows.length : lowerBound(rows, to);
    return rows.slice(begin, end) as unknown as readonly OwnRow<Data>[];
  }

  at<Data>(collection: string, series: string, time: number): OwnRow<Data> | undefined {
    const { rows } = this.#covering(collection, series, time, time + 1);
    const row = rows[lowerBound(rows, time)];
    return row?.time === time ? (row as OwnRow<Data>) : undefined;
  }

  /** What must be loaded before these windows can be read. Throws for a window whose bounds are no numbers. */
  missing(windows: readonly Window[]): Missing[] {
    const missing: Missing[] = [];
    for (const { collection, series, from, to } of windows) {
      if (Number.isNaN(from) || Number.isNaN(to))
        throw new Error(`a window over ${collection} ${series} has no bounds`);
      if (from >= to) continue;
      const held = covers(this.#of(collection, series), from, to);
      if (held) {
        lookedAt(held, from);
        continue;
      }
      const limit = to === Infinity ? undefined : ROWS_AT_ONCE;
      missing.push({ collection, series, from, to: Infinity, wanted: to, ...(limit && { limit }) });
    }
    return missing;
  }

  /** Takes what a load found; answers what it could not bring, which is to be loaded then. */
  loaded(missing: Missing, rows: readonly Row[]): Missing | undefined {
    const { collection, series, from, wanted, limit } = missing;
    const isCut = limit !== undefined && rows.length >= limit;
    const last = rows.at(-1)?.time ?? from;
    if (isCut && last < wanted) return { collection, series, from, to: wanted, wanted };
    const to = isCut ? last : missing.to;
    const stretch: Stretch = { from, to, rows: rows.filter(({ time }) => time < to).map(decoded), reach: 0 };
    for (const put of this.#uncommitted)
      if (put.collection === collection && put.row.series === series) place(stretch, put.row);
    const stretches = this.#of(collection, series);
    stretches.splice(0, stretches.length, ...joined(stretches, stretch));
    this.#touched.add(stretches);
    return undefined;
  }

  put(output: RowOutput): void {
    const collection = output.topic?.name ?? output.collection!;
    const { series, time, version, knownAt, data } = output;
    const row: OwnRow = { series, time, version, knownAt, data };
    this.#uncommitted.push({ collection, row });
    const stretches = this.#of(collection, series);
    for (const stretch of stretches) place(stretch, row);
    this.#touched.add(stretches);
  }

  committed(): void {
    this.#uncommitted = [];
    for (const stretches of this.#touched) this.#trim(stretches);
    this.#touched.clear();
  }

  #covering(collection: string, series: string, from: number, to: number): Stretch {
    const stretch = covers(this.#of(collection, series), from, to);
    if (!stretch)
      throw new Error(`rows of ${collection} ${series} from ${from} to ${to} were read but not asked for in lookback`);
    return stretch;
  }

  #of(collection: string, series: string): Stretch[] {
    const ofCollection = this.#held.get(collection) ?? new Map<string, Stretch[]>();
    if (ofCollection.size === 0) this.#held.set(collection, ofCollection);
    const known = ofCollection.get(series);
    if (known) return known;
    const made: Stretch[] = this.#fresh ? [{ from: -Infinity, to: Infinity, rows: [], reach: 0 }] : [];
    ofCollection.set(series, made);
    return made;
  }

  /** The newest stay, and beside them one stretch of older ones while it is short: who fills a gap will look there again. */
  #trim(stretches: Stretch[]): void {
    if (stretches.length > 1) keepShort(stretches);
    const live = stretches.at(-1);
    if (live?.to !== Infinity) return;
    const { rows } = live;
    if (rows.length < TRIM_FROM_ROWS) return;
    const keepMs = Math.max(this.#keepMs, live.reach);
    const oldest = rows.at(-1)!.time - keepMs;
    if (rows[0]!.time > oldest - keepMs / 2) return;
    rows.splice(0, lowerBound(rows, oldest));
    live.from = oldest;
  }
}

function keepShort(stretches: Stretch[]): void {
  const older = stretches.slice(0, -1).filter(({ rows }) => rows.length <= OLDER_ROWS_KEPT);
  stretches.splice(0, stretches.length - 1, ...older.slice(-1));
}

/** Who looks so far back will do so again: an hour later, at the means of a day. */
function lookedAt(stretch: Stretch, from: number): void {
  const back = (stretch.rows.at(-1)?.time ?? from) - from;
  if (back > stretch.reach && back <= REACH_AT_MOST_MS) stretch.reach = back;
}

function covers(stretches: readonly Stretch[], from: number, to: number): Stretch | undefined {
  for (let at = stretches.length - 1; at >= 0; at--) {
    const stretch = stretches[at]!;
    if (stretch.from <= from && to <= stretch.to) return stretch;
  }
  return undefined;
}

/** Ascending; those that the new one touches become one with it. */
function joined(stretches: readonly Stretch[], added: Stretch): Stretch[] {
  const apart = stretches.filter(({ from, to }) => to < added.from || added.to < from);
  for (const other of stretches) {
    if (apart.includes(other)) continue;
    const { from, to } = added;
    added.from = Math.min(from, other.from);
    added.to = Math.max(to, other.to);
    added.reach = Math.max(added.reach, other.reach);
    for (const row of other.rows) place(added, row);
  }
  return [...apart, added].sort((a, b) => a.from - b.from);
}

const decoded = (row: Row): OwnRow => ({
  series: row.series,
  time: row.time,
  version: row.version,
  knownAt: row.knownAt,
  data: JSON.parse(decoder.decode(row.value)),
});

/** Current only moves up: an older version never replaces a newer one. */
function place(stretch: Stretch, row: OwnRow): void {
  if (row.time < stretch.from || row.time >= stretch.to) return;
  const { rows } = stretch;
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
