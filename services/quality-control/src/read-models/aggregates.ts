import type { AggregateComputed } from '@quantrac/contracts';
import type { qualityControlQueries } from '@quantrac/contracts/queries/quality-control';
import { fromInstant } from '@quantrac/regulations';
import type { TimeSeries } from '@quantrac/time-series';
import type { z } from 'zod';
import { AGGREGATES, type Length, meanSeries } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

type Asked = z.infer<typeof qualityControlQueries.aggregates.args>;

const lengths: readonly Length[] = ['1h', '8h', '24h'];

/** Means whose periods end in the range, by channel, length and end. */
export async function aggregates(
  series: TimeSeries,
  channels: readonly string[],
  { station, from, to, length, limit, versions, knownAt }: Omit<Asked, 'channel'>,
): Promise<AggregateComputed[]> {
  const wanted = length ? [length] : lengths;
  const ranges = channels.flatMap((channel) =>
    wanted.map((each) => ({
      collection: AGGREGATES,
      key: station,
      series: meanSeries(channel, each),
      from: fromInstant(from)!,
      to: fromInstant(to)!,
      versions,
      knownAt: knownAt === undefined ? undefined : fromInstant(knownAt),
      limit,
    })),
  );
  const found = await series.ranges(ranges);
  return found
    .flat()
    .slice(0, limit)
    .map((row) => dataOf<AggregateComputed>(row));
}
