import type { IntakeAdvanced, ObservationSetReceived, ReviewRecorded } from '@quantrac/contracts';
import type { HoursAsked, RecheckAsked } from '@quantrac/contracts/observations';
import { dayBounds, dayOf, fromInstant, toInstant } from '@quantrac/regulations';
import type { Message, Window } from '@quantrac/stream-processing';
import { nextTold } from '../domain/heard.ts';
import { HOUR_MS, hourEnding } from '../domain/slots.ts';
import { type Cell, expecting, reachOf } from './cell.ts';
import {
  ADVANCE_SERIES,
  AGGREGATES,
  CHECKED,
  JUDGEMENTS,
  JUDGEMENTS_SERIES,
  type Length,
  meanSeries,
  RULES,
  RULES_SERIES,
  SET_SERIES,
  stretchStart,
} from './collections.ts';

/** Inclusive, ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a decision looks at: it is asked for in advance and nothing else is read. */
export interface Sight {
  readonly channels: readonly string[];
  /** Times of sets. */
  readonly sets: Stretch;
  /** Ends of hours whose means may be put out or amended. */
  readonly hours: Stretch;
  /** Means of these hours may be there already. */
  readonly means: boolean;
}

/** A day of what is to be checked again: more is another decision. */
export function dayOfRecheck({ from, to }: Pick<RecheckAsked, 'from' | 'to'>): Stretch {
  const start = fromInstant(from)!;
  return { from: start, to: Math.min(fromInstant(to)!, dayBounds(dayOf(start)).upTo) };
}

/** Undefined: it names times that do not exist. */
export function rangeOfReview({ from, to }: Pick<ReviewRecorded, 'from' | 'to'>): Stretch | undefined {
  const [first, last] = [fromInstant(from), fromInstant(to)];
  return first === undefined || last === undefined ? undefined : { from: first, to: last };
}

/** Around readings that came or are to be checked again: what they alter, what that is compared with, and the hours of all these. */
export function sightAround(cell: Cell, channels: readonly string[], { from, to }: Stretch): Sight {
  const { intervalMs, neighbourMs, reachMs } = reachOf(cell, channels);
  const before = from - neighbourMs;
  const after = to + reachMs;
  const hours = { from: hourEnding(before), to: hourEnding(after + intervalMs) };
  const sets = {
    from: Math.min(before - reachMs, hours.from - HOUR_MS) - intervalMs,
    to: Math.max(after + neighbourMs, hours.to),
  };
  return { channels, sets, hours, means: hours.from <= cell.newestMean * HOUR_MS };
}

/** So many hours are told in one decision: more are another. */
const MOST_HOURS = 24;

/** Hours that are told, as many as one decision tells. */
export function sightOfHours(cell: Cell, { from, to }: Pick<HoursAsked, 'from' | 'to'>): Sight {
  const channels = Object.keys(cell.heard);
  const first = fromInstant(from)!;
  const hours = { from: first, to: Math.min(fromInstant(to)!, first + (MOST_HOURS - 1) * HOUR_MS) };
  const { intervalMs } = reachOf(cell, channels);
  return { channels, sets: { from: hours.from - HOUR_MS - intervalMs, to: hours.to }, hours, means: true };
}

/** The hours that an advance closes; undefined: none is told. */
export function hoursClosedBy(cell: Cell, advance: IntakeAdvanced): HoursAsked | undefined {
  const last = Math.floor(fromInstant(advance.upTo)! / HOUR_MS);
  const first = nextTold(Object.values(cell.heard).flat(), cell.closedHour + 1);
  if (first > last) return undefined;
  const cause = `advance:${advance.upTo}`;
  const hours = { from: toInstant(first * HOUR_MS), to: toInstant(last * HOUR_MS) };
  return { hours: cause, station: advance.station, ...hours, advance, knownAt: advance.knownAt, cause, root: cause };
}

/** How far beside the hours in sight means are read: in ambient air an hour's mean alters those of 8 hours running and of its day. */
export const marginOf = (length: Length, ambientAir: boolean): { readonly before: number; readonly after: number } =>
  ambientAir ? margins[length] : none;

const none = { before: 0, after: 0 };
const margins = {
  '1h': { before: 23 * HOUR_MS, after: 23 * HOUR_MS },
  '8h': { before: 0, after: 7 * HOUR_MS },
  '24h': { before: 0, after: 24 * HOUR_MS },
};

export function lookback(cell: Cell, message: Message): Window[] {
  switch (message.type) {
    case 'ObservationSetReceived': {
      const { time, readings } = message.data as ObservationSetReceived;
      const at = fromInstant(time)!;
      const channels = readings.map(({ channel }) => channel);
      return windowsOf(cell, sightAround(cell, channels, { from: at, to: at }));
    }
    case 'RecheckAsked': {
      const data = message.data as RecheckAsked;
      return windowsOf(cell, sightAround(cell, data.channels, dayOfRecheck(data)));
    }
    case 'IntakeAdvanced': {
      const data = message.data as IntakeAdvanced;
      const closed = hoursClosedBy(expecting(cell, Math.floor(fromInstant(data.upTo)! / HOUR_MS)), data);
      return closed ? hoursWindows(cell, closed) : [advanceWindow(data)];
    }
    case 'HoursAsked':
      return hoursWindows(cell, message.data as HoursAsked);
    case 'ReviewRecorded': {
      const range = rangeOfReview(message.data as ReviewRecorded);
      return range ? [judgementsWindow(range.from, range.to)] : [];
    }
    default:
      return [rulesWindow];
  }
}

/** Whether reviews may bear on a stretch of time. */
export const isReviewed = ({ reviewed }: Cell, { from, to }: Stretch): boolean =>
  reviewed !== null && reviewed[0] <= to && from <= reviewed[1];

function windowsOf(cell: Cell, { channels, sets, hours, means }: Sight): Window[] {
  const windows: Window[] = [
    rulesWindow,
    { collection: CHECKED, series: SET_SERIES, from: sets.from, to: sets.to + 1 },
  ];
  if (isReviewed(cell, sets)) windows.push(judgementsWindow(sets.from, sets.to));
  if (!means) return windows;
  const lengths: readonly Length[] = cell.ambientAir ? ['1h', '8h', '24h'] : ['1h'];
  for (const channel of channels)
    for (const length of lengths) {
      const { before, after } = marginOf(length, cell.ambientAir);
      const series = meanSeries(channel, length);
      windows.push({ collection: AGGREGATES, series, from: hours.from - before, to: hours.to + after + 1 });
    }
  return windows;
}

const hoursWindows = (cell: Cell, asked: HoursAsked): Window[] => [
  ...(asked.advance ? [advanceWindow(asked.advance)] : []),
  ...windowsOf(cell, sightOfHours(cell, asked)),
];

function advanceWindow({ upTo }: IntakeAdvanced): Window {
  const at = fromInstant(upTo)!;
  return { collection: CHECKED, series: ADVANCE_SERIES, from: at, to: at + 1 };
}

const rulesWindow: Window = { collection: RULES, series: RULES_SERIES, from: 0, to: 1 };

const judgementsWindow = (from: number, to: number): Window => ({
  collection: JUDGEMENTS,
  series: JUDGEMENTS_SERIES,
  from: stretchStart(from),
  to: to + 1,
});
