import { compare, type Decimal, type Flag, flags, subtract } from '@quantrac/regulations';
import { beyond, distanceOf } from './beyond.ts';
import type { Thresholds } from './station-rules.ts';

/**
 * How far the value stands out from both its neighbours to the same side (QARTOD's spike test, differential method), beyond the thresholds.
 * It stands out at most as far as it lies from either: one neighbour alone can say that there is no spike, never that there is one.
 */
export function spike(
  value: Decimal,
  before: Decimal | undefined,
  after: Decimal | undefined,
  thresholds: Thresholds | undefined,
): Flag {
  const neighbour = before ?? after;
  if (!thresholds || !neighbour) return flags.notEvaluated;
  if (before && after) return beyond(heightOver(value, before, after), thresholds, 1);
  const most = beyond(distanceOf(subtract(value, neighbour)), thresholds, 1);
  return most === flags.pass ? flags.pass : flags.notEvaluated;
}

function heightOver(value: Decimal, before: Decimal, after: Decimal): Decimal {
  const [up, down] = [subtract(value, before), subtract(value, after)];
  if (up.units > 0 !== down.units > 0) return flat;
  const [height, other] = [distanceOf(up), distanceOf(down)];
  return compare(height, other) <= 0 ? height : other;
}

const flat: Decimal = { units: 0, scale: 0 };
