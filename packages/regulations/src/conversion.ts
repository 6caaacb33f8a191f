import { add, compare, type Decimal, formatDecimal, multiply, quotient, subtract, trimZeros, zero } from './decimal.ts';
import { decimalOf } from './decimal-text.ts';
import { type Provenance, together } from './provenance.ts';

/** (value × factor + offset) ÷ divisor, all exact decimals. */
export interface Conversion {
  readonly factor: string;
  readonly offset?: string;
  /** Only where no finite decimal is exact: 14.007 ÷ 18.039. */
  readonly divisor?: string;
  /** The assumption that it rests on, where the units alone do not decide. */
  readonly provenance?: Provenance;
}

export const identity: Conversion = { factor: '1' };

/** Exact where there is no divisor; else half up, to six digits more than the value has. */
export const convert = (value: string, { factor, offset, divisor }: Conversion): string => {
  if (factor === '1' && offset === undefined && divisor === undefined) return value;
  const decimal = decimalOf(value);
  const product = multiply(decimal, decimalOf(factor));
  // The trailing zeros of a factor are no digits of the value: 1.50 g/L is 1500 mg/L, not 1500.00.
  const scaled = trimZeros(product, Math.max(0, product.scale - trailingZeros(factor)));
  const shifted = offset === undefined ? scaled : add(scaled, decimalOf(offset));
  const result = divisor === undefined ? shifted : quotient(shifted, decimalOf(divisor), decimal.scale);
  return formatDecimal(result ?? shifted);
};

/** The conversion that does `first`, then `second`. */
export const chain = (first: Conversion, second: Conversion): Conversion => {
  const [a, b] = [read(first), read(second)];
  return conversionOf(
    {
      factor: multiply(a.factor, b.factor),
      offset: add(multiply(a.offset, b.factor), multiply(b.offset, a.divisor)),
      divisor: multiply(a.divisor, b.divisor),
    },
    [first.provenance, second.provenance],
  );
};

/** The way back. */
export const inverse = (conversion: Conversion): Conversion => {
  const { factor, offset, divisor } = read(conversion);
  return conversionOf({ factor: divisor, offset: subtract(zero, offset), divisor: factor }, [conversion.provenance]);
};

interface Terms {
  readonly factor: Decimal;
  readonly offset: Decimal;
  readonly divisor: Decimal;
}

const one: Decimal = { units: 1, scale: 0 };

const read = ({ factor, offset = '0', divisor = '1' }: Conversion): Terms => ({
  factor: decimalOf(factor),
  offset: decimalOf(offset),
  divisor: decimalOf(divisor),
});

/** Without the divisor wherever finite decimals are exact. */
const conversionOf = (terms: Terms, provenances: readonly (Provenance | undefined)[]): Conversion => {
  const { factor, offset, divisor } = withoutDivisor(terms) ?? terms;
  const [first, ...others] = provenances.filter((provenance) => provenance !== undefined);
  return {
    factor: text(factor),
    ...(compare(offset, zero) !== 0 && { offset: text(offset) }),
    ...(compare(divisor, one) !== 0 && { divisor: text(divisor) }),
    ...(first && { provenance: together([first, ...others]) }),
  };
};

const withoutDivisor = ({ factor, offset, divisor }: Terms): Terms | undefined => {
  const [exactFactor, exactOffset] = [exactQuotient(factor, divisor), exactQuotient(offset, divisor)];
  return exactFactor && exactOffset && { factor: exactFactor, offset: exactOffset, divisor: one };
};

/** More digits than any ratio of two units in use needs. */
const longestFactor = 18;

const exactQuotient = (dividend: Decimal, divisor: Decimal): Decimal | undefined => {
  const result = quotient(dividend, divisor, longestFactor);
  return result && compare(multiply(result, divisor), dividend) === 0 ? result : undefined;
};

const text = (decimal: Decimal): string => formatDecimal(trimZeros(decimal));

const trailingZeros = (factor: string): number => (factor.includes('.') ? 0 : (/0*$/.exec(factor)?.[0].length ?? 0));
