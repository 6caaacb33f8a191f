import { factOf, type Gathered, gather, type Hours } from '@quantrac/contracts/digest';
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

/** Every version of every fact that the national copy of a node holds. */
export async function nationalFacts(
  series: TimeSeries,
  { node, hours, station, collection }: FactsOptions,
): Promise<Gathered> {
  const gathered = gather();
  const topics = identifiedTopics.map(({ name }) => name).filter((name) => (collection ?? name) === name);
  for (const topic of topics)
    for await (const rows of rowsOf(series, collectionOf(topic, node), hours, station))
      for (const row of rows) gathered.add(factOf(topic, row.key, row, row.value));
  return gathered;
}

async function* rowsOf(
  store: TimeSeries,
  collection: string,
  { from, to }: Hours,
  station: string | undefined,
): AsyncIterable<readonly Row[]> {
  const ofKey = (key: string) => {
    const versions = 'all' as const;
    return [
      { collection, key, from: 0, to: 1, versions },
      { collection, key, from, to, versions },
    ];
  };
  if (station !== undefined) {
    yield* await store.ranges(ofKey(station));
    return;
  }
  for (let keys = await store.keys(collection, '', KEYS_A_PAGE); keys.length > 0; ) {
    for (const key of keys) yield* await store.ranges(ofKey(key));
    keys = await store.keys(collection, keys.at(-1)!, KEYS_A_PAGE);
  }
}
