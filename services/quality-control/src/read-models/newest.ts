import type { AggregateComputed, ObservationSetChecked } from '@quantrac/contracts';
import { type CountRow, countRows } from '@quantrac/contracts/queries/counts';
import type { TimeSeries } from '@quantrac/time-series';
import { AGGREGATES, CHECKED, meanSeries, SET_SERIES } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

/** So many stations are looked at together: whoever waits for a commit meanwhile hardly notices. */
const STATIONS_AT_ONCE = 50;
const flagNames = { 1: 'pass', 2: 'not-evaluated', 3: 'suspect', 4: 'failed', 9: 'missing' } as const;

/** What the newest set of each station and the newest hour of each of its channels say, counted. */
export async function newestCounts(series: TimeSeries): Promise<CountRow[]> {
  const readings = { pass: 0, 'not-evaluated': 0, suspect: 0, failed: 0, missing: 0 };
  const hours = { 'with-mean': 0, 'without-mean': 0 };
  for (let after = ''; ; ) {
    const stations = await series.keys(CHECKED, after, STATIONS_AT_ONCE);
    if (stations.length === 0)
      return [...countRows('readings', Object.entries(readings)), ...countRows('hourly-means', Object.entries(hours))];
    const sets = await newestSets(series, stations);
    for (const { flag } of sets.flatMap((set) => set.readings)) readings[flagNames[flag]]++;
    for (const { value } of await newestHours(series, sets)) hours[value === null ? 'without-mean' : 'with-mean']++;
    after = stations.at(-1)!;
  }
}

async function newestSets(series: TimeSeries, stations: readonly string[]): Promise<ObservationSetChecked[]> {
  const rows = await series.latest(stations.map((key) => ({ collection: CHECKED, key, series: SET_SERIES })));
  return rows.flatMap((row) => (row ? [dataOf<ObservationSetChecked>(row)] : []));
}

async function newestHours(series: TimeSeries, sets: readonly ObservationSetChecked[]): Promise<AggregateComputed[]> {
  const wanted = sets.flatMap(({ station: key, readings }) =>
    readings.map(({ channel }) => ({ collection: AGGREGATES, key, series: meanSeries(channel, '1h') })),
  );
  return (await series.latest(wanted)).flatMap((row) => (row ? [dataOf<AggregateComputed>(row)] : []));
}
