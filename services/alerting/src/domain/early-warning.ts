import {
  add,
  type Decimal,
  decimalOf,
  formatDecimal,
  multiply,
  quotient,
  subtract,
  trimZeros,
} from '@quantrac/regulations';
import { type Bounds, type Judge, outside } from './exceedance.ts';

const half: Decimal = { units: 5, scale: 1 };

/**
 * Early warning (cảnh báo sớm): a value that reaches `share` of its limit, or passes it (REGULATION 5.2: "preparing", 70 %).
 * Upper bound: from share x bound. Lower bound: at or below bound / share. Both: beyond that share of the way from the middle of the
 * interval to either bound, so that pH 7 never warns. A bound of 0 has no share; undefined: nothing to warn of.
 */
export function earlyWarning(bounds: Bounds, share: string): Judge | undefined {
  const warning = warningBounds(positive(bounds.lower), positive(bounds.upper), decimalOf(share));
  return warning && outside(warning, true);
}

function warningBounds(lower: Decimal | undefined, upper: Decimal | undefined, share: Decimal): Bounds | undefined {
  if (lower && upper) {
    const middle = multiply(add(lower, upper), half);
    const reach = multiply(multiply(subtract(upper, lower), half), share);
    return { lower: text(subtract(middle, reach)), upper: text(add(middle, reach)) };
  }
  if (upper) return { lower: null, upper: text(multiply(upper, share)) };
  const from = lower && quotient(lower, share, lower.scale);
  return from && { lower: text(from), upper: null };
}

const positive = (bound: string | null): Decimal | undefined => {
  const decimal = bound === null ? undefined : decimalOf(bound);
  return decimal && decimal.units > 0 ? decimal : undefined;
};

const text = (decimal: Decimal): string => formatDecimal(trimZeros(decimal));
