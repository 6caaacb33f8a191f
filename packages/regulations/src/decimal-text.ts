import type { Decimal } from './decimal.ts';
import {
  add,
  compare,
  formatDecimal,
  mean,
  multiply,
  parseDecimal,
  roundHalfUp,
  subtract,
  sum,
  weightedMean,
} from './decimal.ts';

/** The arithmetic of `decimal.ts` on the decimal strings that contracts carry. A text that is no decimal is a bug. */
export const decimalOf = (text: string): Decimal => {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw new RangeError(`"${text.slice(0, 80)}" is no decimal: check it where it enters`);
  return decimal;
};

export const isDecimal = (text: string): boolean => parseDecimal(text) !== undefined;

/** By value: "7.2" and "7.20" are equal. */
export const compareDecimals = (a: string, b: string): -1 | 0 | 1 => compare(decimalOf(a), decimalOf(b));

export const addDecimals = (a: string, b: string): string => formatDecimal(add(decimalOf(a), decimalOf(b)));

export const subtractDecimals = (a: string, b: string): string => formatDecimal(subtract(decimalOf(a), decimalOf(b)));

export const multiplyDecimals = (a: string, b: string): string => formatDecimal(multiply(decimalOf(a), decimalOf(b)));

/** At most `digits` after the point, half away from zero. */
export const roundDecimal = (text: string, digits: number): string =>
  formatDecimal(roundHalfUp(decimalOf(text), digits));

export const sumOf = (texts: readonly string[]): string => formatDecimal(sum(texts.map(decimalOf)));

/** Exact, half up to six digits more than the widest member has, without the zeros that no member has. */
export const meanOf = (texts: readonly string[]): string | undefined => {
  const result = mean(texts.map(decimalOf));
  return result && formatDecimal(result);
};

/** Flow-weighted and the like, rounded as `meanOf`; `undefined` where the weights sum to zero. */
export const weightedMeanOf = (
  members: readonly { readonly value: string; readonly weight: string }[],
): string | undefined => {
  const result = weightedMean(
    members.map(({ value, weight }) => ({ value: decimalOf(value), weight: decimalOf(weight) })),
  );
  return result && formatDecimal(result);
};
