import type { IntakeAdvanced, ObservationSetChecked } from '@quantrac/contracts';
import type { qualityControlQueries } from '@quantrac/contracts/queries/quality-control';
import { fromInstant } from '@quantrac/regulations';
import type { TimeSeries } from '@quantrac/time-series';
import type { z } from 'zod';
import { receivedAtOf } from '../domain/received.ts';
import { ADVANCE_SERIES, CHECKED, SET_SERIES } from '../processors/collections.ts';
import { dataOf } from './row-data.ts';

export type ReadingRow = z.infer<typeof qualityControlQueries.readings.row>;

interface Asked extends Omit<z.infer<typeof qualityControlQueries.readings.args>, 'versions'> {
  readonly versions?: 'current' | 'all';
}

const PAGE_SETS = 500;

/** Readings by time, as many as were asked for of those that are wanted. */
export async function readings(
  series: TimeSeries,
  asked: Asked,
  isWanted: (row: ReadingRow) => boolean = () => true,
): Promise<ReadingRow[]> {
  const found: ReadingRow[] = [];
  for await (const set of checkedSets(series, asked)) {
    for (const row of readingRows(set, asked.channel)) {
      if (isWanted(row)) found.push(row);
      if (found.length === asked.limit) return found;
    }
  }
  return found;
}

/** Since when the newest is known of what a station's readings are shown from: an advance follows every late set. */
export async function shownUpToOf(series: TimeSeries, station: string): Promise<string> {
  const [set, advance] = await series.latest(
    [SET_SERIES, ADVANCE_SERIES].map((each) => ({ collection: CHECKED, key: station, series: each })),
  );
  const received = set ? receivedAtOf(dataOf<ObservationSetChecked>(set)) : '';
  const passed = advance ? dataOf<IntakeAdvanced>(advance).knownAt : '';
  return [received, passed].sort()[1]!;
}

/** Whether a person is to look at it: what does not count by what the device or a declared period says needs nobody. */
export function waitsForReview({ reading }: Pick<ReadingRow, 'reading'>): boolean {
  const { review, flag, counts, notCounted, revision } = reading;
  if (review) return review.revision < revision;
  return (flag === 3 && counts) || notCounted === 'failed';
}

async function* checkedSets(series: TimeSeries, { station, from, to, versions = 'current', knownAt }: Asked) {
  const range = {
    collection: CHECKED,
    key: station,
    series: SET_SERIES,
    to: fromInstant(to)!,
    versions,
    knownAt: knownAt === undefined ? undefined : fromInstant(knownAt),
  };
  for (let next = fromInstant(from)!; ; ) {
    const rows = await series.range({ ...range, from: next, limit: PAGE_SETS });
    const last = rows.at(-1)?.time;
    if (last === undefined) return;
    const isLastPage = rows.length < PAGE_SETS;
    // Of the last time on a full page versions may follow, so it is read again, whole.
    const whole = isLastPage ? rows : rows.filter(({ time }) => time < last);
    if (whole.length === 0) throw new RangeError(`${station} has more than ${PAGE_SETS} versions of one set`);
    for (const row of whole) yield dataOf<ObservationSetChecked>(row);
    if (isLastPage) return;
    next = last;
  }
}

const readingRows = (
  { station, time, version, received, rules, knownAt, cause, root, readings: all }: ObservationSetChecked,
  channel: string | undefined,
): ReadingRow[] =>
  all
    .filter((reading) => channel === undefined || reading.channel === channel)
    .map((reading) => ({ station, time, version, received, rules, knownAt, cause, root, reading }));
