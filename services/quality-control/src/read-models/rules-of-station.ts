import type { TimeSeries } from '@quantrac/time-series';
import type { RuleRecord } from '../domain/station-rules.ts';
import { RULES, RULES_SERIES } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

/** The rules that a station's readings are checked by now; undefined: it is not known here. */
export async function rulesOfStation(series: TimeSeries, station: string): Promise<RuleRecord | undefined> {
  const [row] = await series.latest([{ collection: RULES, key: station, series: RULES_SERIES }]);
  return row && dataOf<RuleRecord>(row);
}
