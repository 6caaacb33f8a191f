/**
 * An exact decimal: `units` × 10^-`scale`, so that "0.050" is 50 with scale 3 and keeps its digits.
 * `units` is a safe integer wherever one holds it and a bigint only beyond; it is never -0.
 */
export interface Decimal {
  readonly units: number | bigint;
  readonly scale: number;
}

/** Longer texts are no measurement: they would only make arithmetic slow. */
const longestText = 64;
/** Any text up to this length is read digit by digit; 16 digits may pass the safe integers, which is checked. */
const longestFastText = 16;
/** More digits than the widest member of a mean or a quotient carries. */
const extraDigits = 6;
const minus = '-'.charCodeAt(0);
const point = '.'.charCodeAt(0);
const zeroDigit = '0'.charCodeAt(0);
const powersOfTen: readonly number[] = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

export const zero: Decimal = { units: 0, scale: 0 };

/** Reads `-?digits[.digits]` of at most 64 characters: no plus, exponent, comma or space. Anything else is `undefined`. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const { length } = text;
  if (length > longestFastText) return parseLongDecimal(text);
  const negative = text.charCodeAt(0) === minus;
  const first = negative ? 1 : 0;
  if (first === length) return undefined;
  let units = 0;
  let scale = 0;
  for (let at = first; at < length; at++) {
    const character = text.charCodeAt(at);
    if (character === point) {
      if (scale > 0 || at === first || at === length - 1) return undefined;
      scale = length - 1 - at;
    } else {
      const digit = character - zeroDigit;
      if (digit < 0 || digit > 9) return undefined;
      units = units * 10 + digit;
    }
  }
  if (!Number.isSafeInteger(units)) return parseLongDecimal(text);
  return { units: negative && units !== 0 ? -units : units, scale };
};

const parseLongDecimal = (text: string): Decimal | undefined => {
  if (text.length > longestText || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  const at = text.indexOf('.');
  if (at === -1) return lean(BigInt(text), 0);
  return lean(BigInt(text.slice(0, at) + text.slice(at + 1)), text.length - 1 - at);
};

/** "7.20": every digit that `scale` names, a dot, no exponent. */
export const formatDecimal = ({ units, scale }: Decimal): string => {
  if (scale === 0) return units.toString();
  const digits = (units < 0 ? -units : units).toString().padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${units < 0 ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
};

/** The nearest double, the one that `Number` reads from the same text. */
export const toNumber = (decimal: Decimal): number => {
  const divisor = powersOfTen[decimal.scale];
  return typeof decimal.units === 'number' && divisor !== undefined
    ? decimal.units / divisor
    : Number(formatDecimal(decimal));
};

/** By value: 7.2 and 7.20 are equal. */
export const compare = (a: Decimal, b: Decimal): -1 | 0 | 1 => {
  const scale = Math.max(a.scale, b.scale);
  const left = unitsAt(a, scale);
  const right = unitsAt(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
};

export const add = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale);
  const left = unitsAt(a, scale);
  const right = unitsAt(b, scale);
  if (typeof left === 'number' && typeof right === 'number') {
    const units = left + right;
    if (Number.isSafeInteger(units)) return { units, scale };
  }
  return lean(BigInt(left) + BigInt(right), scale);
};

export const subtract = (a: Decimal, { units, scale }: Decimal): Decimal =>
  add(a, { units: typeof units === 'number' ? 0 - units : -units, scale });

export const multiply = (a: Decimal, b: Decimal): Decimal => {
  const scale = a.scale + b.scale;
  if (typeof a.units === 'number' && typeof b.units === 'number') {
    const units = a.units * b.units;
    if (Number.isSafeInteger(units)) return { units: units + 0, scale }; // + 0: never -0
  }
  return lean(BigInt(a.units) * BigInt(b.units), scale);
};

export const sum = (decimals: readonly Decimal[]): Decimal => decimals.reduce(add, zero);

/** Exact sum, divided once: see `quotient`. `undefined` of nothing. */
export const mean = (decimals: readonly Decimal[]): Decimal | undefined => {
  if (decimals.length === 0) return undefined;
  const total = sum(decimals);
  return quotient(total, { units: decimals.length, scale: 0 }, total.scale);
};

/** Σ value × weight ÷ Σ weight, exact until the one division. `undefined` where the weights sum to zero. */
export const weightedMean = (
  members: readonly { readonly value: Decimal; readonly weight: Decimal }[],
): Decimal | undefined => {
  const weights = sum(members.map(({ weight }) => weight));
  const total = sum(members.map(({ value, weight }) => multiply(value, weight)));
  return quotient(total, weights, Math.max(0, ...members.map(({ value }) => value.scale)));
};

/** Half up to `scale + 6` digits; zeros beyond `scale` are dropped. `undefined` by zero. */
export const quotient = (numerator: Decimal, denominator: Decimal, scale: number): Decimal | undefined => {
  const widest = roundedQuotient(numerator, denominator, scale + extraDigits);
  return widest && trimZeros(widest, scale);
};

/** Half away from zero to exactly `digits` after the point, rounded once. `undefined` by zero. */
export const roundedQuotient = (numerator: Decimal, denominator: Decimal, digits: number): Decimal | undefined => {
  if (denominator.units === 0) return undefined;
  const shift = digits + denominator.scale - numerator.scale;
  const dividend = shiftUnits(numerator.units, Math.max(shift, 0));
  const divisor = shiftUnits(denominator.units, Math.max(-shift, 0));
  return { units: divideHalfUp(dividend, divisor), scale: digits };
};

/** At most `digits` after the point, half away from zero; a value that has fewer keeps its own. */
export const roundHalfUp = (value: Decimal, digits: number): Decimal =>
  value.scale <= digits
    ? value
    : { units: divideHalfUp(value.units, shiftUnits(1, value.scale - digits)), scale: digits };

/** Drops trailing zeros after the point, down to `scale` digits. */
export const trimZeros = (decimal: Decimal, scale = 0): Decimal => {
  let { units, scale: digits } = decimal;
  while (digits > scale && (typeof units === 'number' ? units % 10 === 0 : units % 10n === 0n)) {
    units = typeof units === 'number' ? units / 10 : units / 10n;
    digits--;
  }
  return typeof units === 'number' ? { units, scale: digits } : lean(units, digits);
};

const lean = (units: bigint, scale: number): Decimal => {
  const number = Number(units);
  return { units: Number.isSafeInteger(number) ? number : units, scale };
};

const unitsAt = (decimal: Decimal, scale: number): number | bigint =>
  decimal.scale === scale ? decimal.units : shiftUnits(decimal.units, scale - decimal.scale);

const shiftUnits = (units: number | bigint, places: number): number | bigint => {
  const power = powersOfTen[places];
  if (typeof units === 'number' && power !== undefined) {
    const shifted = units * power;
    if (Number.isSafeInteger(shifted)) return shifted;
  }
  return BigInt(units) * 10n ** BigInt(places);
};

const divideHalfUp = (dividend: number | bigint, divisor: number | bigint): number | bigint => {
  if (typeof dividend === 'number' && typeof divisor === 'number') {
    // The remainder of two doubles is exact, so the quotient of what it leaves is too.
    const rest = dividend % divisor;
    const whole = (dividend - rest) / divisor;
    const away = 2 * Math.abs(rest) >= Math.abs(divisor) ? Math.sign(dividend) * Math.sign(divisor) : 0;
    return whole + away;
  }
  const [top, bottom] = [BigInt(dividend), BigInt(divisor)];
  const rest = top % bottom;
  const negative = top < 0n !== bottom < 0n;
  const doubled = 2n * (rest < 0n ? -rest : rest);
  const away = doubled >= (bottom < 0n ? -bottom : bottom) ? (negative ? -1n : 1n) : 0n;
  return lean(top / bottom + away, 0).units;
};
