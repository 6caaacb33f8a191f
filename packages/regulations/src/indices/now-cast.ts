import { add, compare, type Decimal, formatDecimal, multiply, quotient, sum } from '../decimal.ts';
import { decimalOf } from '../decimal-text.ts';

export interface NowCast {
  /** Decimal, in the unit of the hours; six digits more than the widest of them has. */
  readonly value: string;
  /** QĐ 1459 does not say how hours that are missing are weighed where w is 1/2. */
  readonly unconfirmed: boolean;
}

const hoursLookedAt = 12;
const newestHours = 3;
const newestNeeded = 2;
const one: Decimal = { units: 1, scale: 0 };
const two: Decimal = { units: 2, scale: 0 };

/**
 * QĐ 1459/QĐ-TCMT: the mean of PM of the last 12 hours, the newer the heavier. `hours`: hourly means, the current one first;
 * null: missing. Undefined where fewer than two of the three newest are there. A missing hour is left out with its weight: it is never 0.
 */
export const nowCast = (hours: readonly (string | null)[]): NowCast | undefined => {
  const known = hours
    .slice(0, hoursLookedAt)
    .flatMap((hour, age) => (hour === null ? [] : [{ age, value: decimalOf(hour) }]));
  if (known.filter(({ age }) => age < newestHours).length < newestNeeded) return undefined;
  const { ratio, isHalf } = ratioOf(known.map(({ value }) => value));
  const weights = weightsOf(ratio);
  const present = known.map(({ age }) => weights[age]!);
  const weighted = sum(known.map(({ age, value }) => multiply(value, weights[age]!)));
  // The half form sums (1/2)^i and divides by nothing: with all hours its weights stand for 1, with some the others take their share.
  const [numerator, denominator] = isHalf
    ? [multiply(weighted, sum(weights)), multiply(sum(present), powerOf(two, hoursLookedAt))]
    : [weighted, sum(present)];
  const scale = Math.max(...known.map(({ value }) => value.scale));
  return {
    value: formatDecimal(quotient(numerator, denominator, scale)!),
    unconfirmed: isHalf && known.length < hoursLookedAt,
  };
};

interface Ratio {
  readonly least: Decimal;
  readonly most: Decimal;
}

/** w: the least over the greatest, and never less than a half. */
const ratioOf = (values: readonly Decimal[]): { readonly ratio: Ratio; readonly isHalf: boolean } => {
  const sorted = [...values].sort(compare);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const isHalf = compare(add(least, least), most) <= 0;
  return { ratio: isHalf ? { least: one, most: two } : { least, most }, isHalf };
};

/** w^age of each of the twelve hours, all times most^11: no division, so nothing is rounded. */
const weightsOf = ({ least, most }: Ratio): readonly Decimal[] =>
  Array.from({ length: hoursLookedAt }, (_, age) =>
    multiply(powerOf(least, age), powerOf(most, hoursLookedAt - 1 - age)),
  );

const powerOf = (base: Decimal, exponent: number): Decimal =>
  Array.from({ length: exponent }, () => base).reduce(multiply, one);
