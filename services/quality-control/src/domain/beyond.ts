import { compare, type Decimal, type Flag, flags, multiply } from '@quantrac/regulations';
import type { Thresholds } from './station-rules.ts';

/** Whether a distance, `scale` times too long, passes the thresholds; without any it cannot be judged. */
export function beyond(distance: Decimal, { suspect, fail }: Thresholds, scale: number): Flag {
  if (fail === undefined && suspect === undefined) return flags.notEvaluated;
  if (fail !== undefined && compare(distance, times(fail, scale)) > 0) return flags.fail;
  return suspect !== undefined && compare(distance, times(suspect, scale)) > 0 ? flags.suspect : flags.pass;
}

const times = (threshold: Decimal, scale: number): Decimal =>
  scale === 1 ? threshold : multiply(threshold, { units: scale, scale: 0 });

export const distanceOf = ({ units, scale }: Decimal): Decimal =>
  units < 0 ? { units: -units, scale } : { units, scale };
