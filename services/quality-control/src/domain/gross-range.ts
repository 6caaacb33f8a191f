import { compare, type Decimal, type Flag, flags } from '@quantrac/regulations';
import type { Bounds, Rules } from './station-rules.ts';

/** What the sensor can measure (fail beyond) and what is plausible at the place (suspect beyond); a bound itself is inside. */
export function grossRange(value: Decimal, range: Rules['grossRange']): Flag {
  if (!range || (isOpen(range.fail) && isOpen(range.suspect))) return flags.notEvaluated;
  if (isOutside(value, range.fail)) return flags.fail;
  return isOutside(value, range.suspect) ? flags.suspect : flags.pass;
}

const isOpen = ({ min, max }: Bounds): boolean => min === undefined && max === undefined;

const isOutside = (value: Decimal, { min, max }: Bounds): boolean =>
  (min !== undefined && compare(value, min) < 0) || (max !== undefined && compare(value, max) > 0);
