import { type ComplianceDayEvaluated, topics } from '@quantrac/contracts';
import type { TimeSeries } from '@quantrac/time-series';
import { endsOf, type StationDays } from './memberships.ts';

const decoder = new TextDecoder();

export interface DaysAsked {
  readonly stations: readonly StationDays[];
  /** ms: as they were known then. */
  readonly knownAt?: number | undefined;
  readonly limit: number;
}

/** Verdicts by station, channel and day, each in its newest version. */
export const verdictsOf = async (
  series: TimeSeries,
  { stations, knownAt, limit }: DaysAsked,
): Promise<readonly ComplianceDayEvaluated[]> => {
  const ranges = stations.map(({ station, ...days }) => ({
    collection: topics.compliance.name,
    key: station,
    ...endsOf(days),
    knownAt,
    limit,
  }));
  const rows = (await series.ranges(ranges)).flat().slice(0, limit);
  return rows.map(({ value }) => JSON.parse(decoder.decode(value)) as ComplianceDayEvaluated);
};
