import type { StationRecorded } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';

/** Slots are counted from Vietnamese midnight. */
const OFFSET_MS = 7 * 3_600_000;

/** The end of the slot that a set stamped at its interval's end fills, ms. */
export const slotOf = (end: number, intervalMs: number): number =>
  Math.ceil((end + OFFSET_MS) / intervalMs) * intervalMs - OFFSET_MS;

/** The newest slot that ends at or before an instant. */
export const slotBefore = (at: number, intervalMs: number): number =>
  Math.floor((at + OFFSET_MS) / intervalMs) * intervalMs - OFFSET_MS;

export const nextSlot = (after: number, intervalMs: number): number => slotBefore(after, intervalMs) + intervalMs;

/** An accepted declared period in which nothing is expected; it takes ends in (from, to], ms. */
export interface Excuse {
  readonly from: number;
  readonly to: number;
  /** Undefined: the whole station. */
  readonly channels: readonly string[] | undefined;
}

export const excusesOf = ({ declaredPeriods }: StationRecorded): readonly Excuse[] =>
  declaredPeriods
    .filter(({ accepted, expected }) => accepted && !expected)
    .map(({ from, to, channels }) => ({ from: fromInstant(from)!, to: fromInstant(to)!, channels }));

/** Whether nothing is expected of a channel, or (null) of the whole station, in the slot that ends then. */
export const isExcused = (excuses: readonly Excuse[], channel: string | null, end: number): boolean =>
  excuses.some(
    ({ from, to, channels }) =>
      from < end && end <= to && (channels === undefined || (channel !== null && channels.includes(channel))),
  );
