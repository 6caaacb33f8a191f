import { dayBounds, dayOf } from '@quantrac/regulations';
import type { RowOutput } from '@quantrac/stream-processing';
import { isTold, type Span } from '../domain/heard.ts';
import {
  type CheckedSet,
  type Hour,
  type HourMember,
  hourlyMean,
  hourOfChannel,
  isComplete,
  membersOf,
} from '../domain/hourly-mean.ts';
import { keptUnder } from '../domain/kept-values.ts';
import { type HourlyMean, meanOfHours } from '../domain/mean-of-hours.ts';
import { expectedSlots, HOUR_MS } from '../domain/slots.ts';
import { type RuledChannel, rulesAt } from '../domain/station-rules.ts';
import { timesIn } from '../domain/timeline.ts';
import { type CurrentMeans, currentMeans, type MeanRow } from './current-means.ts';
import type { Work } from './work.ts';

/** The hours of one channel, by their ends in ms, whose means are to be told. */
export interface HoursToTell {
  readonly channel: RuledChannel;
  /** What counts in them, or by which rules, is another thing now. */
  readonly altered: readonly number[];
  /** Nobody was told of them before, unless they were complete early. */
  readonly newlyTold: readonly number[];
  /** When the channel sent something, this decision's readings included. */
  readonly heard: readonly Span[];
}

export interface TellOptions {
  /** In ms: hours up to here are closed, and so are means over several hours that end by then. */
  readonly closedUpTo: number;
  readonly percent: number;
}

type Sets = readonly (CheckedSet & { readonly knownAt: number })[];

/** Ambient air has limits over 8 hours for these (QCVN 05). */
const EIGHT_HOUR_PARAMETERS: readonly string[] = ['CO', 'O3'];

/**
 * Puts out the means that follow from sets: an hour's once it is closed, or complete before; those over several hours once their last
 * hour is closed. What was put out already is amended.
 */
export function tellMeans(
  work: Work,
  sets: Sets,
  toTell: readonly HoursToTell[],
  options: TellOptions,
): readonly RowOutput[] {
  const means = currentMeans(work);
  for (const [likelyAt, { channel, altered, newlyTold, heard }] of toTell.entries()) {
    const tell = (end: number) =>
      tellHour(sets, hourOfChannel(channel, end, work.rules.periods), likelyAt, means, options);
    for (const end of altered) tell(end);
    for (const end of newlyTold) if (!means.at(channel.channel, '1h', end)) tell(end);
    if (!work.cell.ambientAir) continue;
    const isDue = (end: number) => end <= options.closedUpTo && isTold(heard, end / HOUR_MS);
    if (EIGHT_HOUR_PARAMETERS.includes(channel.parameter))
      for (const end of ascending([...altered.flatMap(eightHoursFrom), ...newlyTold]).filter(isDue))
        tellHours(work, channel, '8h', end, means, options);
    for (const end of ascending([...altered.map(dayEnding), ...newlyTold.filter(isDayEnd)]).filter(isDue))
      tellHours(work, channel, '24h', end, means, options);
  }
  return means.outputs;
}

function tellHour(
  sets: Sets,
  hour: Hour,
  likelyAt: number,
  means: CurrentMeans,
  { closedUpTo, percent }: TellOptions,
): void {
  const { channel, end, rules } = hour;
  const isOpen = end > closedUpTo && !means.at(channel.channel, '1h', end);
  if (isOpen && !isLastSlotThere(hour, sets)) return;
  const members = membersOf(hour, sets, likelyAt);
  if (members.length === 0 && isNothingDue(hour)) return;
  const mean = hourlyMean(hour, members, percent);
  if (isOpen && !isComplete(hour, members, mean)) return;
  means.put(channel, { length: '1h', end, unit: rules.unit, mean }, newestOf(members, sets, hour));
}

/** Before the last slot nothing can be complete: nearly all sets are told apart by this. */
function isLastSlotThere({ end, rules }: Hour, sets: Sets): boolean {
  const last = sets.findLast(({ time }) => time + rules.endsAfterMs <= end);
  return last !== undefined && end - last.time - rules.endsAfterMs < rules.intervalMs / 2;
}

/** Before a channel's first settings, and between readings whose interval is several hours. */
const isNothingDue = ({ end, channel, rules }: Hour): boolean =>
  end <= channel.rules[0]!.from || (rules.intervalMs > HOUR_MS && expectedSlots(end, channel.channel, rules, []) === 0);

const newestOf = (members: readonly HourMember[], sets: Sets, { end, channel }: Hour): number =>
  members.length === 0
    ? 0
    : Math.max(...timesIn(sets, end - HOUR_MS - channel.intervalMs, end).map(({ knownAt }) => knownAt));

function tellHours(
  work: Work,
  channel: RuledChannel,
  length: '8h' | '24h',
  end: number,
  means: CurrentMeans,
  { percent }: TellOptions,
): void {
  const rules = rulesAt(channel, end - 1);
  const count = length === '8h' ? 8 : 24;
  const ends = Array.from({ length: count }, (_, index) => end - (count - 1 - index) * HOUR_MS);
  const rows = ends.map((hour) => means.at(channel.channel, '1h', hour));
  const hours = ends.map((hour, index) => hourlyOf(work, channel, hour, end, rows[index]));
  const mean = meanOfHours(hours, { length, unit: rules.unit, percent });
  means.put(channel, { length, end, unit: rules.unit, mean }, Math.max(...rows.map((row) => row?.knownAt ?? 0)));
}

/** An hour that has no mean yet and one whose mean is null without data are the same. */
function hourlyOf(work: Work, channel: RuledChannel, hour: number, end: number, row: MeanRow | undefined): HourlyMean {
  const rules = rulesAt(channel, hour - 1);
  const value = row?.data.value ?? undefined;
  return {
    end: hour,
    expected: expectedSlots(hour, channel.channel, rules, work.rules.periods) > 0,
    received: (row?.data.received ?? 0) > 0,
    value: (value && keptUnder(value, rules, rulesAt(channel, end - 1), channel)) ?? null,
  };
}

const eightHoursFrom = (hour: number): number[] => Array.from({ length: 8 }, (_, later) => hour + later * HOUR_MS);

const dayEnding = (hour: number): number => dayBounds(dayOf(hour)).upTo;

const isDayEnd = (hour: number): boolean => dayEnding(hour) === hour;

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);
