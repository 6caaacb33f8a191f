import type { CheckedReading } from '@quantrac/contracts';
import { type Decimal, decimalOf } from '@quantrac/regulations';
import { type RuledChannel, type Rules, rulesAt } from './station-rules.ts';

/** What of a reading is as it was sent, whatever has been found of it. */
export type SentReading = Pick<CheckedReading, 'channel' | 'value' | 'unit' | 'status' | 'revision' | 'aheadMs'>;

export interface TimedSet {
  /** ms */
  readonly time: number;
  readonly data: { readonly readings: readonly SentReading[] };
}

/** Sets of one station, ascending by time. */
export type Timeline = readonly TimedSet[];

/** One channel's readings along a timeline, seen from one of its sets. */
export interface Place {
  readonly timeline: Timeline;
  readonly index: number;
  readonly channel: RuledChannel;
  /** In force where it stands; neighbours are read in its unit. */
  readonly rules: Rules;
  /** Where sets have the channel's reading, most likely. */
  readonly likelyAt: number;
}

export const placeOf = (timeline: Timeline, index: number, channel: RuledChannel, likelyAt: number): Place => ({
  timeline,
  index,
  channel,
  rules: rulesAt(channel, timeline[index]!.time),
  likelyAt,
});

/** -1: the set has none of the channel. Sets of a station mostly share one order, so that is looked at first. */
export const positionOf = (readings: readonly SentReading[], channel: string, likelyAt: number): number =>
  readings[likelyAt]?.channel === channel ? likelyAt : readings.findIndex((reading) => reading.channel === channel);

export const readingOf = <Reading extends SentReading>(
  readings: readonly Reading[],
  channel: string,
  likelyAt: number,
): Reading | undefined => readings[positionOf(readings, channel, likelyAt)];

/** Where the device measured the environment and says a number: only such readings are neighbours and members. */
export const isMeasured = ({ value, status }: SentReading): boolean => value !== null && status === '00';

/**
 * Where the nearest measured reading lies on one side of `from`, at most `withinMs` away from the place; -1: there is none.
 * Walked by number, since it is done for every reading several times.
 */
export function nearestMeasured(place: Place, from: number, step: 1 | -1, withinMs: number): number {
  const { timeline, index, channel, likelyAt } = place;
  const { time } = timeline[index]!;
  for (let at = from + step; at >= 0 && at < timeline.length; at += step) {
    const set = timeline[at]!;
    if (Math.abs(set.time - time) > withinMs) return -1;
    const reading = readingOf(set.data.readings, channel.channel, likelyAt);
    if (reading && isMeasured(reading)) return at;
  }
  return -1;
}

/** The channel's value in a set, in the unit of the place, before any correction; undefined: there is none. */
export function valueAt({ timeline, channel, rules, likelyAt }: Place, at: number): Decimal | undefined {
  const reading = at < 0 ? undefined : readingOf(timeline[at]!.data.readings, channel.channel, likelyAt);
  const kept = reading && reading.value !== null ? rules.kept(reading.value, reading.unit) : undefined;
  return kept === undefined ? undefined : decimalOf(kept);
}

/** How long before a place the channel's reading before lies, of whatever status; undefined: not near enough. */
export function sinceReadingBefore({ timeline, index, channel, rules, likelyAt }: Place): number | undefined {
  const { time } = timeline[index]!;
  for (let at = index - 1; at >= 0; at--) {
    const set = timeline[at]!;
    if (time - set.time > rules.neighbourMs) return undefined;
    if (readingOf(set.data.readings, channel.channel, likelyAt)) return time - set.time;
  }
  return undefined;
}

/** Those of ascending sets whose times lie in (after, upTo]. */
export const timesIn = <Set extends { readonly time: number }>(
  sets: readonly Set[],
  after: number,
  upTo: number,
): Set[] => sets.slice(firstLaterThan(sets, after), firstLaterThan(sets, upTo));

function firstLaterThan(sets: readonly { readonly time: number }[], time: number): number {
  let low = 0;
  let high = sets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sets[middle]!.time > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
