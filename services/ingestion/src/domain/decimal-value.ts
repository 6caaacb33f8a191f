const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const EXPONENT = 0x65;
const MOST_DIGITS = 30;

/** How the bytes of a number differ from the text it is kept as. */
export const NOT_A_NUMBER = -1;
export const PLAIN = -2;
export const REWRITE = -3;

/**
 * Judges `[+-]digits[(.|,)digits][e[+-]digits]`: `NOT_A_NUMBER`, `PLAIN` (kept as sent), the position of its decimal
 * comma (all else kept as sent), or `REWRITE` (a plus, an exponent, nothing before or after the mark: `rewritten`).
 */
export function judgeDecimal(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let odd = bytes[at] === PLUS;
  if (odd || bytes[at] === MINUS) at++;
  const whole = at;
  at = afterDigits(bytes, at, to);
  let digits = at - whole;
  let verdict = PLAIN;
  if (at < to && (bytes[at] === DOT || bytes[at] === COMMA)) {
    if (bytes[at] === COMMA) verdict = at;
    const fraction = afterDigits(bytes, at + 1, to) - at - 1;
    odd ||= digits === 0 || fraction === 0;
    digits += fraction;
    at += 1 + fraction;
  }
  if (digits === 0 || digits > MOST_DIGITS) return NOT_A_NUMBER;
  if (at === to) return odd ? REWRITE : verdict;
  return isExponent(bytes, at, to) ? REWRITE : NOT_A_NUMBER;
}

/** The same number as a plain decimal, its digits kept: `+7,20` is `7.20`, `.5` is `0.5`, `1.20E-3` is `0.00120`. */
export function rewritten(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(',', '.').split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const digits = whole + fraction;
  const mark = whole.length + Number(exponent);
  const before = digits.slice(0, Math.max(mark, 0)).padEnd(mark, '0') || '0';
  const after = mark < 0 ? digits.padStart(digits.length - mark, '0') : digits.slice(mark);
  return sign + before + (after && `.${after}`);
}

function afterDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}

/** `e5`, `E-05`: two digits at most, so that no number grows beyond what a line can hold. */
function isExponent(bytes: Uint8Array, from: number, to: number): boolean {
  if ((bytes[from]! | 0x20) !== EXPONENT) return false;
  const signed = bytes[from + 1] === PLUS || bytes[from + 1] === MINUS;
  const digits = from + (signed ? 2 : 1);
  return digits < to && to - digits <= 2 && afterDigits(bytes, digits, to) === to;
}
