import type { CheckedReading } from '@quantrac/contracts';
import { decimalOf, formatDecimal, quotient, sum } from '@quantrac/regulations';
import { keptUnder } from './kept-values.ts';
import { captureOf, type Mean, reasonFor } from './mean.ts';
import { expectedSlots, HOUR_MS, isExcused, slotsFilled } from './slots.ts';
import { type CoveringPeriod, type RuledChannel, type Rules, rulesAt } from './station-rules.ts';
import { readingOf, timesIn } from './timeline.ts';

export interface CheckedSet {
  /** ms */
  readonly time: number;
  readonly data: { readonly readings: readonly CheckedReading[] };
}

export interface HourMember {
  /** Of its interval, ms. */
  readonly end: number;
  /** In the unit of the hour; null: it does not count. */
  readonly used: string | null;
  readonly notCounted: CheckedReading['notCounted'];
}

export interface Hour {
  readonly channel: RuledChannel;
  /** The instant that ends it. */
  readonly end: number;
  /** In force before its end. */
  readonly rules: Rules;
  readonly periods: readonly CoveringPeriod[];
}

export const hourOfChannel = (channel: RuledChannel, end: number, periods: readonly CoveringPeriod[]): Hour => ({
  channel,
  end,
  rules: rulesAt(channel, end - 1),
  periods,
});

/** The readings whose intervals end in the hour, in time order. */
export function membersOf(
  { channel, end: hour, rules }: Hour,
  sets: readonly CheckedSet[],
  likelyAt = 0,
): HourMember[] {
  const members: HourMember[] = [];
  for (const { time, data } of timesIn(sets, hour - HOUR_MS - channel.intervalMs, hour)) {
    const own = rulesAt(channel, time);
    const end = time + own.endsAfterMs;
    const reading =
      end > hour - HOUR_MS && end <= hour ? readingOf(data.readings, channel.channel, likelyAt) : undefined;
    if (!reading) continue;
    const used = reading.counts ? keptUnder(reading.used!, own, rules, channel) : undefined;
    members.push({ end, used: used ?? null, notCounted: reading.notCounted });
  }
  return members;
}

/** Every slot came and none can follow within the hour. */
export function isComplete(
  { end, rules }: Hour,
  members: readonly HourMember[],
  { expected, received }: Mean,
): boolean {
  const last = members.at(-1);
  return expected > 0 && received === expected && end - last!.end < rules.intervalMs / 2;
}

/** Exact mean of the members that count; null with a reason below the data capture threshold (REGULATION 1.7). */
export function hourlyMean(
  { channel, end, rules, periods }: Hour,
  members: readonly HourMember[],
  percent: number,
): Mean {
  const expected = expectedSlots(end, channel.channel, rules, periods);
  const counted = members.filter(({ used }) => used !== null);
  const total = sum(counted.map(({ used }) => decimalOf(used!)));
  const asked =
    periods.length === 0 ? members : members.filter((member) => !isExcused(periods, channel.channel, member.end));
  const filled = (of: readonly HourMember[]) => {
    const slots = slotsFilled(of, rules.intervalMs);
    return expected === 0 ? slots : Math.min(slots, expected);
  };
  const capture = { expected, received: filled(asked), valid: filled(counted), percent };
  const reason = reasonFor(capture);
  return {
    value: reason ? null : formatDecimal(quotient(total, { units: counted.length, scale: 0 }, total.scale)!),
    sum: counted.length === 0 ? null : formatDecimal(total),
    ...(reason && { reason }),
    expected,
    received: capture.received,
    valid: capture.valid,
    ...(counted.length !== capture.valid && { members: counted.length }),
    dataCapture: captureOf(capture),
    capturePercent: percent,
    basis: [
      `1h ${end} ${rules.unit} ${rules.basis ?? ''} ${rules.intervalMs} ${expected} ${capture.received} ${percent}`,
      ...members.map((member) => `${(end - member.end) / 1000} ${member.used ?? member.notCounted}`),
    ].join('\n'),
  };
}
