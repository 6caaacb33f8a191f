import { compare, type Decimal, decimalOf } from '@quantrac/regulations';
import type { Beyond } from './run.ts';

/** What is allowed, in the limit's unit; null: no bound on that side. A bound of 0 is a bound. */
export interface Bounds {
  readonly lower: string | null;
  readonly upper: string | null;
}

/** Judges a value; undefined: within. */
export type Judge = (value: string) => Beyond | undefined;

interface Parsed {
  readonly text: string;
  readonly decimal: Decimal;
}

/**
 * Exceedance (vượt ngưỡng): above the upper bound or below the lower one; equal is within. The value is a reading or a mean, as the limit's
 * basis says (QCVN 05:2023 names 1, 8 and 24 hours; pH is an interval).
 */
export const exceedance = (bounds: Bounds): Judge => outside(bounds, false);

/** Judges against two bounds; `inclusive`: a value on the bound is outside already. */
export function outside({ lower, upper }: Bounds, inclusive: boolean): Judge {
  const least = parsed(lower);
  const most = parsed(upper);
  const apart = inclusive ? 0 : 1;
  return (value) => {
    const decimal = decimalRead(value);
    if (most && compare(decimal, most.decimal) >= apart) return { value, threshold: most.text };
    if (least && compare(least.decimal, decimal) >= apart) return { value, threshold: least.text };
    return undefined;
  };
}

let last: Parsed = { text: '0', decimal: decimalOf('0') };

/** Several rules judge one value, one after the other: it is read once. */
function decimalRead(text: string): Decimal {
  if (text !== last.text) last = { text, decimal: decimalOf(text) };
  return last.decimal;
}

const parsed = (text: string | null): Parsed | undefined =>
  text === null ? undefined : { text, decimal: decimalOf(text) };
