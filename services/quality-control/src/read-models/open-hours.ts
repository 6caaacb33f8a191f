import type { AggregateComputed, ObservationSetChecked } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { TimeSeries } from '@quantrac/time-series';
import { type CheckedSet, hourlyMean, hourOfChannel, membersOf } from '../domain/hourly-mean.ts';
import { HOUR_MS, hourEnding } from '../domain/slots.ts';
import {
  type RuledChannel,
  type RuleRecord,
  rulesAt,
  type StationRules,
  stationRules,
} from '../domain/station-rules.ts';
import { aggregateOf, basisOf } from '../processors/aggregate-record.ts';
import { AGGREGATES, CHECKED, meanSeries, SET_SERIES } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

type KnownSet = CheckedSet & { readonly data: ObservationSetChecked };

export interface OpenHoursAsked {
  readonly channels: readonly string[];
  /** Ends in [from, to). */
  readonly from: string;
  readonly to: string;
  readonly percent: number;
}

/** More sets than this are no open hour but one that was never told. */
const MOST_SETS = 1000;

/** The hours behind the last that was told, from what came until now: never stored, so never a version. */
export async function openHours(
  series: TimeSeries,
  record: RuleRecord,
  { channels, from, to, percent }: OpenHoursAsked,
): Promise<AggregateComputed[]> {
  const rules = stationRules(record);
  const known = channels.flatMap((channel) => rules.channels.get(channel) ?? []);
  const told = await series.latest(
    known.map(({ channel }) => ({ collection: AGGREGATES, key: record.station, series: meanSeries(channel, '1h') })),
  );
  const toldUpTo = told.map((row) => row?.time ?? -Infinity);
  const since = Math.max(fromInstant(from)! - 1, Math.max(...toldUpTo) - HOUR_MS);
  const slowest = Math.max(0, ...known.map(({ intervalMs }) => intervalMs));
  const rows = await series.range({
    collection: CHECKED,
    key: record.station,
    series: SET_SERIES,
    from: since - HOUR_MS - slowest,
    to: fromInstant(to)!,
    limit: MOST_SETS,
  });
  const sets = rows.map((row): KnownSet => ({ time: row.time, data: dataOf<ObservationSetChecked>(row) }));
  return known.flatMap((channel, index) => {
    const after = Math.max(since, toldUpTo[index]!);
    const ends = [...new Set(sets.map(({ time }) => hourEnding(time + rulesAt(channel, time).endsAfterMs)))];
    return ends
      .filter((end) => end > after && end < fromInstant(to)!)
      .flatMap((end) => provisional(rules, record.station, channel, end, sets, percent));
  });
}

function provisional(
  rules: StationRules,
  station: string,
  channel: RuledChannel,
  end: number,
  sets: readonly KnownSet[],
  percent: number,
): AggregateComputed[] {
  const hour = hourOfChannel(channel, end, rules.periods);
  const members = membersOf(hour, sets);
  if (members.length === 0) return [];
  const newest = sets.reduce((latest, { data }) => (data.knownAt > latest.knownAt ? data : latest), sets[0]!.data);
  const { knownAt, cause, root } = newest;
  const mean = hourlyMean(hour, members, percent);
  const told = { length: '1h', end, unit: hour.rules.unit, mean } as const;
  return [
    aggregateOf({ station, rules, origin: { cause, root } }, channel, told, {
      version: 1,
      state: 'provisional',
      knownAt,
      basis: basisOf(mean),
    }),
  ];
}
