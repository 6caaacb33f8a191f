import { type Fact, factOf, type Hours, isWithin } from '@quantrac/contracts/digest';
import { identifiedTopics } from '@quantrac/contracts/identity';
import type { Row, TimeSeries } from '@quantrac/time-series';
import { collectionOf } from '../applying/row-of.ts';

export interface FactsOptions {
  readonly node: string;
  readonly hours: Hours;
  /** Undefined: all. */
  readonly station?: string | undefined;
  /** Undefined: all topics. */
  readonly collection?: string | undefined;
}

const KEYS_A_PAGE = 200;
const ROWS_A_PAGE = 500;
const HOUR_MS = 3_600_000;

/** Every version of every fact that the national copy of a node holds; a topic and station after the other, each in parts. */
export async function* nationalFacts(
  series: TimeSeries,
  { node, hours, station, collection }: FactsOptions,
): AsyncIterable<readonly Fact[]> {
  const topics = identifiedTopics.map(({ name }) => name).filter((name) => (collection ?? name) === name);
  for (const topic of topics)
    for await (const key of keysOf(series, collectionOf(topic, node), station))
      for await (const rows of rowsOf(series, collectionOf(topic, node), key, hours))
        yield rows.map((row) => factOf(topic, row.key, row, row.value));
}

async function* keysOf(store: TimeSeries, collection: string, station: string | undefined): AsyncIterable<string> {
  if (station !== undefined) return yield station;
  for (let keys = await store.keys(collection, '', KEYS_A_PAGE); keys.length > 0; ) {
    yield* keys;
    keys = await store.keys(collection, keys.at(-1)!, KEYS_A_PAGE);
  }
}

/** No call reads more than an hour or a page: others wait for the store meanwhile. */
async function* rowsOf(
  store: TimeSeries,
  collection: string,
  key: string,
  hours: Hours,
): AsyncIterable<readonly Row[]> {
  const versions = 'all' as const;
  if (hours.to - hours.from <= HOUR_MS) {
    const { from, to } = hours;
    yield* await store.ranges([
      { collection, key, from: 0, to: 1, versions },
      { collection, key, from, to, versions },
    ]);
    return;
  }
  for await (const rows of pages(store, collection, key)) yield rows.filter(({ time }) => isWithin(hours, time));
}

/** By sequence; rows that share the last one of a page come whole with the next. */
async function* pages(store: TimeSeries, collection: string, key: string): AsyncIterable<readonly Row[]> {
  for (let [after, limit] = ['', ROWS_A_PAGE]; ; ) {
    const rows = await store.history(collection, key, after, limit);
    if (rows.length < limit) return yield rows;
    const last = rows.at(-1)!.sequence;
    const whole = rows.filter(({ sequence }) => sequence !== last);
    yield whole;
    if (whole.length === 0) limit *= 2;
    else [after, limit] = [whole.at(-1)!.sequence, ROWS_A_PAGE];
  }
}
