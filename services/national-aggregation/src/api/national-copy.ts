import {
  type AggregateComputed,
  type ComplianceDayEvaluated,
  type EpisodeRecorded,
  type IncidentRecorded,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import { nationalAggregationQueries as contract } from '@quantrac/contracts/queries/national-aggregation';
import { dayBounds } from '@quantrac/regulations';
import { type QueryHandler, query } from '@quantrac/service';
import type { Range, Row, TimeSeries } from '@quantrac/time-series';
import { collectionOf } from '../applying/row-of.ts';

const KEYS_A_PAGE = 500;
/** Facts that belong to no time. */
const timeless = { from: 0, to: 1 };

/** What a node sent and nobody can read is no answer; the comparison with the node names it. */
function decoded<Value>({ value }: Row): Value[] {
  try {
    return [JSON.parse(Buffer.from(value).toString('utf8')) as Value];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** What nodes recorded, as the national copy has it: current versions, every node apart. */
export function nationalCopyQueries(series: TimeSeries): Record<string, QueryHandler> {
  const current = async <Value>(range: Range): Promise<Value[]> => (await series.range(range)).flatMap(decoded<Value>);

  /** Rows of every key, or of one, until there are enough. */
  const ofKeys = async <Value>(
    collection: string,
    { key, after = '', limit }: { key?: string | undefined; after?: string | undefined; limit: number },
    range: { from: number; to: number },
    take: (value: Value) => boolean,
  ): Promise<Value[]> => {
    if (key !== undefined) return (await current<Value>({ collection, key, ...range })).filter(take).slice(0, limit);
    const values: Value[] = [];
    for (let keys = await series.keys(collection, after, KEYS_A_PAGE); keys.length > 0 && values.length < limit; ) {
      const rows = await series.ranges(keys.map((one) => ({ collection, key: one, ...range })));
      values.push(
        ...rows
          .flat()
          .flatMap(decoded<Value>)
          .filter(take),
      );
      keys = await series.keys(collection, keys.at(-1)!, KEYS_A_PAGE);
    }
    return values.slice(0, limit);
  };

  const always = () => true;
  const span = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });
  return {
    stations: query(contract.stations.args, ({ node, station, after, limit }) =>
      ofKeys<StationRecorded>(
        collectionOf(topics.stations.name, node),
        { key: station, after, limit },
        timeless,
        always,
      ),
    ),
    sets: query(contract.sets.args, ({ node, station, from, to, limit }) => {
      const collection = collectionOf(topics.observationsChecked.name, node);
      return current({ collection, key: station, series: 'set', ...span(from, to), limit });
    }),
    aggregates: query(contract.aggregates.args, ({ node, station, channel, from, to, limit }) =>
      ofKeys<AggregateComputed>(
        collectionOf(topics.aggregates.name, node),
        { key: station, limit },
        span(from, to),
        (value) => channel === undefined || value.channel === channel,
      ),
    ),
    episodes: query(contract.episodes.args, ({ node, station, from = '', to = '9', limit }) =>
      ofKeys<EpisodeRecorded>(
        collectionOf(topics.episodes.name, node),
        { key: station, limit },
        timeless,
        ({ start, end }) => start < to && (end === null || end >= from),
      ),
    ),
    incidents: query(contract.incidents.args, ({ node, from = '', to = '9', limit }) =>
      ofKeys<IncidentRecorded>(
        collectionOf(topics.incidents.name, node),
        { limit },
        timeless,
        ({ openedAt }) => openedAt >= from && openedAt < to,
      ),
    ),
    complianceDays: query(contract.complianceDays.args, ({ node, station, from, to, limit }) =>
      ofKeys<ComplianceDayEvaluated>(
        collectionOf(topics.compliance.name, node),
        { key: station, limit },
        { from: dayBounds(from).upTo, to: dayBounds(to).upTo + 1 },
        always,
      ),
    ),
  };
}
