import type { Beyond } from './run.ts';

export const DAY_MS = 86_400_000;

export interface DayOfStatus {
  /** Readings under status 01 or 02 outside declared periods. */
  readonly bad: number;
  /** Readings of the day by the channel's schedule: the first bad one of a morning is not the whole day. */
  readonly expected: number;
}

/**
 * An excessive share of status 01 and 02 (DESIGN 7.2): calibration and device errors must not hide an exceedance. A member is a Vietnamese
 * day; its neighbours are the days beside it. A day below the share, or without data, ends the episode once it has passed.
 */
export function excessiveStatusShare({ bad, expected }: DayOfStatus, percent: number): Beyond | undefined {
  if (bad * 100 <= percent * expected) return undefined;
  const share = Math.floor((bad * 1000) / expected + 0.5) / 10;
  return { value: Math.min(share, 100).toFixed(1), threshold: String(percent) };
}
