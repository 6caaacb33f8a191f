import { type ComplianceDayEvaluated, type LimitsRecorded, topics } from '@quantrac/contracts';
import { type CountRow, countRows } from '@quantrac/contracts/queries/counts';
import type { TimeSeries } from '@quantrac/time-series';
import { collections, limitsSeries, verdictSeries } from '../processors/compliance-rows.ts';

/** So many stations are looked at together: whoever waits for a commit meanwhile hardly notices. */
const STATIONS_AT_ONCE = 50;
const decoder = new TextDecoder();
const dataOf = <Data>({ value }: { readonly value: Uint8Array }): Data => JSON.parse(decoder.decode(value)) as Data;

/** The verdicts of the newest day of each channel, counted. */
export async function newestDayCounts(series: TimeSeries): Promise<CountRow[]> {
  const verdicts = { within: 0, exceeds: 0, 'no-verdict': 0 };
  for (let after = ''; ; ) {
    const stations = await series.keys(topics.compliance.name, after, STATIONS_AT_ONCE);
    if (stations.length === 0) return countRows('compliance-days', Object.entries(verdicts));
    for (const { verdict } of await newestDays(series, stations)) verdicts[verdict]++;
    after = stations.at(-1)!;
  }
}

async function newestDays(series: TimeSeries, stations: readonly string[]): Promise<ComplianceDayEvaluated[]> {
  const limits = await series.latest(
    stations.map((key) => ({ collection: collections.basis, key, series: limitsSeries })),
  );
  const wanted = limits.flatMap((row, at) => {
    const channels = row ? new Set(dataOf<LimitsRecorded>(row).limits.map(({ channel }) => channel)) : [];
    return [...channels].map((channel) => ({
      collection: topics.compliance.name,
      key: stations[at]!,
      series: verdictSeries(channel),
    }));
  });
  return (await series.latest(wanted)).flatMap((row) => (row ? [dataOf<ComplianceDayEvaluated>(row)] : []));
}
