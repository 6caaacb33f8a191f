import { type Channel, type ObservationSetReceived, settingsAt } from '@quantrac/contracts';
import { dayBounds, toInstant } from '@quantrac/regulations';
import { type Expectation, isExpected } from './expectation.ts';
import { nextSlot, slotOf } from './slots.ts';

export interface LedgerRow {
  readonly channel: string;
  readonly day: string;
  readonly expected: number;
  readonly arrived: number;
  readonly late: number;
  readonly missing: number;
  /** Expected stamps of the day that are missing or came late, ms, with how late. */
  readonly slots: readonly LedgerSlot[];
}

export interface LedgerSlot {
  readonly time: number;
  readonly state: 'late' | 'missing';
  readonly lateMs?: number;
}

export interface LedgerSet {
  readonly time: number;
  /** When each reading was first known, by channel; ms. */
  readonly knownAt: ReadonlyMap<string, number>;
}

export interface LedgerOptions {
  /** Times that cannot have arrived by now are not expected yet. */
  readonly now: number;
  readonly graceMs: number;
  readonly expectation: Expectation;
}

/** When each channel of each set became known first, from all versions of the sets, oldest first. */
export function firstKnown(
  versions: readonly { time: number; knownAt: number; data: ObservationSetReceived }[],
): LedgerSet[] {
  const sets = new Map<number, Map<string, number>>();
  for (const { time, knownAt, data } of versions) {
    const channels = sets.get(time) ?? new Map<string, number>();
    sets.set(time, channels);
    for (const { channel } of data.readings) if (!channels.has(channel)) channels.set(channel, knownAt);
  }
  return [...sets].map(([time, knownAt]) => ({ time, knownAt }));
}

/** Which expected times of a channel's day arrived, came late or are missing; the day takes the ends of intervals (DESIGN 7.3). */
export function ledgerOf(
  channel: Channel,
  day: string,
  sets: readonly LedgerSet[],
  { now, graceMs, expectation }: LedgerOptions,
): LedgerRow {
  const { after, upTo } = dayBounds(day);
  const arrived = firstKnownBySlot(channel, sets);
  const slots: LedgerSlot[] = [];
  let expected = 0;
  for (let end = after; ; ) {
    const { intervalMs, deliveryMs, stamp } = settingsAt(channel, toInstant(end));
    end = nextSlot(end, intervalMs);
    if (end > upTo) break;
    const due = end + deliveryMs + graceMs;
    const known = arrived.get(end);
    if (known === undefined && (due > now || !isExpected(expectation, channel, end))) continue;
    expected++;
    const time = stamp === 'start' ? end - intervalMs : end;
    if (known === undefined) slots.push({ time, state: 'missing' });
    else if (known > due) slots.push({ time, state: 'late', lateMs: known - end });
  }
  const missing = slots.filter(({ state }) => state === 'missing').length;
  return {
    channel: channel.channel,
    day,
    expected,
    arrived: expected - missing,
    late: slots.length - missing,
    missing,
    slots,
  };
}

/** By the end of its slot, when a reading of the channel was first known; two in one slot count as one. */
function firstKnownBySlot(channel: Channel, sets: readonly LedgerSet[]): ReadonlyMap<number, number> {
  const bySlot = new Map<number, number>();
  for (const { time, knownAt } of sets) {
    const known = knownAt.get(channel.channel);
    if (known === undefined) continue;
    const { intervalMs, stamp } = settingsAt(channel, toInstant(time));
    const end = stamp === 'start' ? nextSlot(time, intervalMs) : slotOf(time, intervalMs);
    bySlot.set(end, Math.min(known, bySlot.get(end) ?? Infinity));
  }
  return bySlot;
}
