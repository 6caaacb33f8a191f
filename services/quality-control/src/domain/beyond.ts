import { compare, type Decimal, type Flag, flags, multiply } from '@quantrac/regulations';
import type { Thresholds } from './station-rules.ts';

/** Whether a distance, `scale` times too long, passes the thresholds; without any it cannot be judged. */
export function beyond(distance: Decimal, { suspect, fail }: Thresholds, scale: number): Flag {
  if (fail === undefined && suspect === undefined) return flags.notEvaluated;
  const by: Decimal = { units: scale, scale: 0 };
  if (fail !== undefined && compare(distance, multiply(fail, by)) > 0) return flags.fail;
  return suspect !== undefined && compare(distance, multiply(suspect, by)) > 0 ? flags.suspect : flags.pass;
}

export const distanceOf = ({ units, scale }: Decimal): Decimal =>
  units < 0 ? { units: -units, scale } : { units, scale };
