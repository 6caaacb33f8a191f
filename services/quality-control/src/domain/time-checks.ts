import { type Flag, flags } from '@quantrac/regulations';

/** A reading may lie this share of its interval beside its time. */
const TOLERATED_SHARE = 10;

/**
 * Suspect: a stamp ahead of its arrival, a second reading in the slot of the one before, one that comes no whole number of
 * intervals after the one before. A schedule knows its interval and not its first minute, so that only distances are judged.
 * `sinceBeforeMs`: undefined where no reading lies near enough before.
 */
export function timeChecks(aheadMs: number | undefined, sinceBeforeMs: number | undefined, intervalMs: number): Flag {
  if (aheadMs !== undefined && aheadMs > 0) return flags.suspect;
  if (sinceBeforeMs === undefined) return flags.pass;
  const intervals = Math.round(sinceBeforeMs / intervalMs);
  const beside = Math.abs(sinceBeforeMs - intervals * intervalMs);
  const duplicate = intervals === 0;
  return duplicate || beside * TOLERATED_SHARE > intervalMs ? flags.suspect : flags.pass;
}
