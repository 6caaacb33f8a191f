import { type Decimal, type Flag, flags, multiply, subtract } from '@quantrac/regulations';
import { beyond, distanceOf } from './beyond.ts';
import type { Thresholds } from './station-rules.ts';

const MINUTE: Decimal = { units: 60_000, scale: 0 };

/** The change since the reading before, per minute, beyond the thresholds. */
export function rateOfChange(
  value: Decimal,
  before: Decimal | undefined,
  sinceBeforeMs: number,
  thresholds: Thresholds | undefined,
): Flag {
  if (!thresholds || !before) return flags.notEvaluated;
  return beyond(distanceOf(multiply(subtract(value, before), MINUTE)), thresholds, sinceBeforeMs);
}
