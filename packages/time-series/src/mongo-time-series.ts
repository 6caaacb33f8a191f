import { Fault } from '@quantrac/event-sourcing';
import { fewAtOnce } from '@quantrac/mongo/few-at-once';
import { insertAbsent } from '@quantrac/mongo/mongo-bulk';
import { asking, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import type mongoose from 'mongoose';
import { type LatestOf, type Range, type Row, TimeSeries } from './time-series.ts';

/** One document a row; why: docs/decisions/0006. */
export const COLLECTION = 'series_rows';
/** The first is what makes a row one; ranges and newest rows are read through it. */
export const IDENTITY = { collection: 1, key: 1, series: 1, time: 1, version: 1 } as const;
export const SEQUENCE = { collection: 1, key: 1, sequence: 1 } as const;

/** A document holds 16 MiB, and a row is more than its value. */
export const MAX_VALUE_BYTES = 16_000_000;
/** Each is planned by itself: a question with many more takes longer to plan than to answer. */
const RANGES_A_QUESTION = 100;

type StoredRow = Omit<Row, 'value'> & { readonly value: Buffer };

/** Rows in a collection of a service's own database. */
export class MongoTimeSeries extends TimeSeries {
  readonly #rows: MongoCollection<Row>;

  private constructor(readonly database: MongoDatabase) {
    super();
    this.#rows = database.collection<Row>(COLLECTION);
  }

  static async open(database: MongoDatabase): Promise<MongoTimeSeries> {
    const store = new MongoTimeSeries(database);
    await asking(() =>
      store.#rows.createIndexes([
        { key: IDENTITY, name: 'identity', unique: true },
        { key: SEQUENCE, name: 'sequence' },
      ]),
    );
    return store;
  }

  async insert(rows: readonly Row[]): Promise<number> {
    for (const { collection, key, series, time, value } of rows)
      if (value.length > MAX_VALUE_BYTES)
        throw Fault.invalid(
          'RowTooLarge',
          `the value of ${collection} ${key} ${series} ${time} has ${value.length} bytes, MongoDB takes ${MAX_VALUE_BYTES}`,
        );
    // copies: the driver adds an _id to what it is given
    return asking(() =>
      insertAbsent(
        this.#rows,
        rows.map((row) => ({ ...row })),
      ),
    );
  }

  async range(range: Range): Promise<readonly Row[]> {
    return (await this.ranges([range]))[0]!;
  }

  async ranges(ranges: readonly Range[]): Promise<readonly (readonly Row[])[]> {
    const whole = ranges.filter((range) => !isLimited(range));
    const answers = new Map<Range, readonly Row[]>();
    const begin = async (range: Range) => void answers.set(range, await this.#begin(range));
    await asking(async () => {
      await fewAtOnce(questions(whole), (group) => this.#whole(group, answers));
      await fewAtOnce(ranges.filter(isLimited), begin);
    });
    return ranges.map((range) => answers.get(range)!);
  }

  /** A look into the index each: no one question of MongoDB's takes the newest of many without reading all that is older. */
  async latest(of: readonly LatestOf[]): Promise<readonly (Row | undefined)[]> {
    const newest = async ({ collection, key, series }: LatestOf) => {
      const rows = this.#find({ collection, key, series }, 'identity').sort({ time: -1, version: -1 });
      const row = await rows.limit(1).next();
      return row ? toRow(row) : undefined;
    };
    return asking(() => fewAtOnce(of, newest));
  }

  async history(collection: string, key: string, after: string, limit: number): Promise<readonly Row[]> {
    if (limit === 0) return [];
    const rows = this.#find({ collection, key, sequence: { $gt: after } }, 'sequence').sort({ sequence: 1 });
    return (await asking(() => rows.limit(limit).batchSize(limit).toArray())).map(toRow);
  }

  async keys(collection: string, after: string, limit: number): Promise<readonly string[]> {
    const keys = await asking(() => this.#rows.distinct('key', { collection, key: { $gt: after } }));
    return keys.sort(compare).slice(0, limit);
  }

  async count(collection: string): Promise<number> {
    return asking(() => this.#rows.countDocuments({ collection }, { hint: 'identity' }));
  }

  async close(): Promise<void> {}

  /** Fills in the answers of ranges without a limit. */
  async #whole(ranges: readonly Range[], answers: Map<Range, readonly Row[]>): Promise<void> {
    const found = await this.#find({ $or: ranges.map(filterOf) }, 'identity').toArray();
    const byKey = Map.groupBy(found.map(toRow).sort(inOrder), ({ key }) => key);
    for (const range of ranges) {
      const rows = (byKey.get(range.key) ?? []).filter((row) => isWithin(row, range));
      answers.set(range, range.versions === 'all' ? rows : rows.filter(isCurrent));
    }
  }

  /** The first rows of a range, and no more than these from the server. */
  async #begin(range: Range): Promise<readonly Row[]> {
    const { versions, limit = Infinity } = range;
    const rows: StoredRow[] = [];
    if (limit === 0) return rows;
    const cursor = this.#find(filterOf(range), 'identity')
      .sort({ series: 1, time: 1, version: 1 })
      .batchSize(limit + 1);
    for await (const row of cursor) {
      const before = rows.at(-1);
      if (versions !== 'all' && before && isOfOne(before, row)) rows.pop();
      else if (rows.length === limit) break;
      rows.push(row);
    }
    return rows.map(toRow);
  }

  /** By the named index, whatever the server would choose. */
  #find(filter: mongoose.mongo.Filter<Row>, index: 'identity' | 'sequence') {
    return this.#rows.find<StoredRow>(filter, { hint: index, promoteBuffers: true, projection: { _id: 0 } });
  }
}

const isLimited = ({ limit = Infinity }: Range): boolean => limit !== Infinity;

/** So many ranges that one question asks for them. */
const questions = (ranges: readonly Range[]): readonly (readonly Range[])[] =>
  Array.from({ length: Math.ceil(ranges.length / RANGES_A_QUESTION) }, (_, n) =>
    ranges.slice(n * RANGES_A_QUESTION, (n + 1) * RANGES_A_QUESTION),
  );

const filterOf = ({ collection, key, series, from, to, knownAt }: Range): mongoose.mongo.Filter<Row> => ({
  collection,
  key,
  ...(series === undefined ? {} : { series }),
  time: { $gte: from, $lt: to },
  ...(knownAt === undefined ? {} : { knownAt: { $lte: knownAt } }),
});

const isWithin = (row: Row, { collection, series, from, to, knownAt = Infinity }: Range): boolean =>
  row.collection === collection &&
  (series === undefined || row.series === series) &&
  row.time >= from &&
  row.time < to &&
  row.knownAt <= knownAt;

const isOfOne = (a: Pick<Row, 'series' | 'time'>, b: Pick<Row, 'series' | 'time'>): boolean =>
  a.time === b.time && a.series === b.series;

/** Of rows of one key in order: no higher version follows. */
const isCurrent = (row: Row, at: number, rows: readonly Row[]): boolean => {
  const next = rows[at + 1];
  return !next || !isOfOne(row, next);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: Row, b: Row): number => compare(a.series, b.series) || a.time - b.time || a.version - b.version;

/** A value of its own: a view would keep the server's whole answer in memory. */
const toRow = (row: StoredRow): Row => ({ ...row, value: new Uint8Array(row.value) });
