import { type CoveringPeriod, covers, type Rules } from './station-rules.ts';

export const HOUR_MS = 3_600_000;
/** Slots are counted from Vietnamese midnight. */
const OFFSET_MS = 7 * HOUR_MS;

/** The end of the hour that takes an interval's end: hour H takes ends in (H-1h, H]. */
export const hourEnding = (end: number): number => Math.ceil(end / HOUR_MS) * HOUR_MS;

/** How many readings the schedule asks for in the hour that ends at `hour`; 12 at five minutes, 288 a day. */
export function expectedSlots(
  hour: number,
  channel: string,
  { intervalMs }: Pick<Rules, 'intervalMs'>,
  periods: readonly CoveringPeriod[],
): number {
  const first = Math.floor((hour - HOUR_MS + OFFSET_MS) / intervalMs) + 1;
  const last = Math.floor((hour + OFFSET_MS) / intervalMs);
  const excused = periods.filter(({ expected, from, to }) => !expected && from < hour && to > hour - HOUR_MS);
  if (excused.length === 0) return last - first + 1;
  let expected = 0;
  for (let slot = first; slot <= last; slot++)
    if (!isExcused(excused, channel, slot * intervalMs - OFFSET_MS)) expected++;
  return expected;
}

/** A declared period says that nothing is expected then. */
export const isExcused = (periods: readonly CoveringPeriod[], channel: string, end: number): boolean =>
  periods.some((period) => !period.expected && covers(period, channel, end));

/** How many slots intervals fill that end one after the other: two closer than half of one share it, whatever minute a logger begins at. */
export function slotsFilled(ended: readonly { readonly end: number }[], intervalMs: number): number {
  let filled = 0;
  let opened = -Infinity;
  for (const { end } of ended) {
    if (2 * (end - opened) < intervalMs) continue;
    opened = end;
    filled++;
  }
  return filled;
}
