import { add, compare, type Decimal, multiply, roundedQuotient, subtract } from '../decimal.ts';
import { decimalOf } from '../decimal-text.ts';

/** Straight lines between points: what a concentration is on the scale of an index. */
export interface Scale {
  /** Concentration and index, ascending by concentration. */
  readonly points: readonly (readonly [concentration: string, index: number])[];
  /** Before the first point and behind the last. */
  readonly below: number;
  readonly above: number;
}

/** Half up to `digits` after the point, rounded once; zeros stay. */
export const onScale = ({ points, below, above }: Scale, concentration: Decimal, digits: number): Decimal => {
  const next = points.findIndex(([point]) => compare(concentration, decimalOf(point)) <= 0);
  if (next < 0) return whole(above);
  const [upper, upperIndex] = points[next]!;
  if (compare(concentration, decimalOf(upper)) === 0) return whole(upperIndex);
  if (next === 0) return whole(below);
  const [lower, lowerIndex] = points[next - 1]!;
  const width = subtract(decimalOf(upper), decimalOf(lower));
  const rise = multiply(whole(upperIndex - lowerIndex), subtract(concentration, decimalOf(lower)));
  return roundedQuotient(add(rise, multiply(whole(lowerIndex), width)), width, digits)!;
};

const whole = (units: number): Decimal => ({ units, scale: 0 });
