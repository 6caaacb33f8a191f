import type { AggregateComputed, ObservationSetChecked } from '@quantrac/contracts';
import { fromInstant, toInstant } from '@quantrac/regulations';
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
import { ADVANCE_SERIES, CHECKED, SET_SERIES } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

type KnownSet = CheckedSet & { readonly data: ObservationSetChecked };

export interface OpenHoursAsked {
  readonly channels: readonly string[];
  /** Ends in [from, to). */
  readonly from: string;
  readonly to: string;
  readonly percent: number;
  /** The means that are told of them. */
  readonly told: readonly AggregateComputed[];
}

/** More sets than this are no open hour but one that was never told. */
const MOST_SETS = 1000;

/** The hours that are neither closed nor complete, from what came until now: never stored, so never a version. */
export async function openHours(
  series: TimeSeries,
  record: RuleRecord,
  { channels, from, to, percent, told }: OpenHoursAsked,
): Promise<AggregateComputed[]> {
  const rules = stationRules(record);
  const known = channels.flatMap((channel) => rules.channels.get(channel) ?? []);
  const first = Math.max(fromInstant(from)!, (await closedUpTo(series, record.station)) + HOUR_MS);
  const slowest = Math.max(0, ...known.map(({ intervalMs }) => intervalMs));
  const rows = await series.range({
    collection: CHECKED,
    key: record.station,
    series: SET_SERIES,
    from: first - HOUR_MS - slowest,
    to: fromInstant(to)!,
    limit: MOST_SETS,
  });
  const sets = rows.map((row): KnownSet => ({ time: row.time, data: dataOf<ObservationSetChecked>(row) }));
  const isTold = new Set(told.map(({ channel, end }) => `${channel} ${end}`));
  return known.flatMap((channel) => {
    const ends = [...new Set(sets.map(({ time }) => hourEnding(time + rulesAt(channel, time).endsAfterMs)))];
    return ends
      .filter((end) => end >= first && end < fromInstant(to)! && !isTold.has(`${channel.channel} ${toInstant(end)}`))
      .flatMap((end) => provisional(rules, record.station, channel, end, sets, percent));
  });
}

/** The last hour that intake has passed; -Infinity: none. */
async function closedUpTo(series: TimeSeries, station: string): Promise<number> {
  const [advance] = await series.latest([{ collection: CHECKED, key: station, series: ADVANCE_SERIES }]);
  return advance ? Math.floor(advance.time / HOUR_MS) * HOUR_MS : -Infinity;
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
