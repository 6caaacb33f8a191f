import { add, type Decimal, type Flag, flags, subtract } from '@quantrac/regulations';
import { beyond, distanceOf } from './beyond.ts';
import type { Thresholds } from './station-rules.ts';

/** |v(n) - mean(v(n-1), v(n+1))| beyond the thresholds; both sides are doubled, so that nothing is divided. */
export function spike(
  value: Decimal,
  before: Decimal | undefined,
  after: Decimal | undefined,
  thresholds: Thresholds | undefined,
): Flag {
  if (!thresholds || !before || !after) return flags.notEvaluated;
  return beyond(distanceOf(subtract(add(value, value), add(before, after))), thresholds, 2);
}
