import type { Channel, ObservationSetReceived } from '@quantrac/contracts';
import { dayBounds, fromInstant } from '@quantrac/regulations';

export interface LedgerRow {
  readonly channel: string;
  readonly day: string;
  readonly expected: number;
  readonly arrived: number;
  readonly late: number;
  readonly missing: number;
  /** Expected times of the day that are missing or came late, ms, with how late. */
  readonly slots: readonly { readonly time: number; readonly state: 'late' | 'missing'; readonly lateMs?: number }[];
}

export interface LedgerSet {
  readonly time: number;
  /** When each reading was first known, by channel; ms. */
  readonly knownAt: ReadonlyMap<string, number>;
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

/** Which expected times of a channel's day arrived, came late or are missing; times after `now` are not expected yet. */
export function ledgerOf(
  channel: Channel,
  day: string,
  sets: readonly LedgerSet[],
  { now, graceMs }: { now: number; graceMs: number },
): LedgerRow {
  const { after, upTo } = dayBounds(day);
  const bySlot = new Map<number, number>();
  const settings =
    channel.settings.filter(({ from }) => from === null || (fromInstant(from) ?? 0) <= upTo).at(-1) ??
    channel.settings[0]!;
  const { intervalMs, deliveryMs } = settings;
  for (const { time, knownAt } of sets) {
    const known = knownAt.get(channel.channel);
    if (known === undefined || time <= after || time > upTo) continue;
    const slot = Math.ceil(time / intervalMs) * intervalMs;
    bySlot.set(slot, Math.min(known, bySlot.get(slot) ?? Infinity));
  }
  const slots: { time: number; state: 'late' | 'missing'; lateMs?: number }[] = [];
  let expected = 0;
  for (let time = Math.floor(after / intervalMs) * intervalMs + intervalMs; time <= upTo; time += intervalMs) {
    const due = time + deliveryMs + graceMs;
    const known = bySlot.get(time);
    if (due > now && known === undefined) continue;
    expected++;
    if (known === undefined) slots.push({ time, state: 'missing' });
    else if (known > due) slots.push({ time, state: 'late', lateMs: known - time });
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
