import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  mean,
  multiply,
  parseDecimal,
  roundHalfUp,
  subtract,
  toNumber,
  weightedMean,
} from './decimal.ts';
import {
  compareDecimals,
  decimalOf,
  meanOf,
  multiplyDecimals,
  roundDecimal,
  sumOf,
  weightedMeanOf,
} from './decimal-text.ts';

/** Another way to the same results: fractions of bigints. */
interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

const rational = (text: string): Rational => {
  const [whole = '', fraction = ''] = text.split('.');
  return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) };
};
const plus = (a: Rational, b: Rational): Rational => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
const times = (a: Rational, b: Rational): Rational => ({ top: a.top * b.top, bottom: a.bottom * b.bottom });
const over = (a: Rational, b: Rational): Rational => ({ top: a.top * b.bottom, bottom: a.bottom * b.top });
const same = (a: Rational, b: Rational): boolean => a.top * b.bottom === b.top * a.bottom;
const size = (number: bigint): bigint => (number < 0n ? -number : number);

/** Whether `rounded` is `exact` to `digits` after the point, half away from zero. */
const isHalfUp = (rounded: Rational, exact: Rational, digits: number): boolean => {
  const difference = plus(rounded, { top: -exact.top, bottom: exact.bottom });
  const twice = 2n * 10n ** BigInt(digits) * size(difference.top);
  const away = size(rounded.top * exact.bottom) > size(exact.top * rounded.bottom);
  return away ? twice <= size(difference.bottom) : twice < size(difference.bottom);
};

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
/** From a sensor's four digits to numbers far beyond the safe integers. */
const decimalText = fc
  .tuple(
    fc.boolean(),
    fc.oneof(fc.constant('0'), digits(4), digits(16), digits(22)),
    fc.option(fc.oneof(digits(3), digits(20))),
  )
  .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`);

const checked = (decimal: Decimal): Rational => {
  assert.ok(typeof decimal.units === 'bigint' || Number.isSafeInteger(decimal.units), 'a number is a safe integer');
  assert.ok(typeof decimal.units === 'number' || !Number.isSafeInteger(Number(decimal.units)), 'a bigint is needed');
  assert.ok(!Object.is(decimal.units, -0), 'there is no -0');
  return rational(formatDecimal(decimal));
};

test('a decimal keeps the digits it was written with', () => {
  for (const text of ['7.21', '-3', '0.050', '0', '0.0', '100', '-0.001', '12345678901234567890.10']) {
    assert.equal(formatDecimal(decimalOf(text)), text);
  }
});

test('every text of digits is read exactly, whatever its length', () => {
  fc.assert(fc.property(decimalText, (text) => same(checked(decimalOf(text)), rational(text))));
});

test('sixteen digits that pass the safe integers are still read exactly', () => {
  assert.deepEqual(parseDecimal('9007199254740993'), { units: 9007199254740993n, scale: 0 });
  assert.deepEqual(parseDecimal('9007199254740991'), { units: 9007199254740991, scale: 0 });
  assert.deepEqual(parseDecimal('-0.00'), { units: 0, scale: 2 });
});

test('what is no plain decimal is undefined', () => {
  const refused = [
    '',
    '-',
    '.',
    '.5',
    '5.',
    '1.2.3',
    '1..2',
    '+1',
    '1,5',
    '1e5',
    'NaN',
    '0x10',
    ' 1',
    '1 ',
    '--1',
    '١',
  ];
  for (const text of [...refused, '1-2', '1'.repeat(65), '12345678901234567.', '12345678901234567,5']) {
    assert.equal(parseDecimal(text), undefined, text);
  }
});

test('arithmetic stays exact where it leaves the safe integers', () => {
  assert.equal(sumOf(['9007199254740991', '2']), '9007199254740993');
  assert.equal(sumOf(['9007199254740993', '-2']), '9007199254740991');
  assert.equal(multiplyDecimals('94906267', '94906267'), '9007199515875289');
  assert.equal(compareDecimals('9007199254740993', '9007199254740992.9'), 1);
});

test('sum, difference, product and order agree with fractions of whole numbers', () => {
  fc.assert(
    fc.property(decimalText, decimalText, (left, right) => {
      const [a, b] = [decimalOf(left), decimalOf(right)];
      const [x, y] = [rational(left), rational(right)];
      assert.ok(same(checked(add(a, b)), plus(x, y)), 'sum');
      assert.ok(same(checked(subtract(a, b)), plus(x, { top: -y.top, bottom: y.bottom })), 'difference');
      assert.ok(same(checked(multiply(a, b)), times(x, y)), 'product');
      const difference = x.top * y.bottom - y.top * x.bottom;
      assert.equal(compare(a, b), difference < 0n ? -1 : difference > 0n ? 1 : 0, 'order');
    }),
  );
});

test('a mean is the exact sum divided once, half up to six digits more than its widest member', () => {
  fc.assert(
    fc.property(fc.array(decimalText, { minLength: 1, maxLength: 13 }), (texts) => {
      const members = texts.map(decimalOf);
      const result = mean(members);
      assert.ok(result);
      const total = texts.map(rational).reduce(plus);
      const widest = Math.max(...members.map(({ scale }) => scale));
      assert.ok(isHalfUp(checked(result), over(total, { top: BigInt(texts.length), bottom: 1n }), widest + 6));
      assert.ok(result.scale === widest || !formatDecimal(result).endsWith('0'), 'no zeros that no member has');
    }),
  );
});

test('a weighted mean is exact until its one division', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(decimalText, decimalText), { minLength: 1, maxLength: 8 }), (pairs) => {
      const result = weightedMean(
        pairs.map(([value, weight]) => ({ value: decimalOf(value), weight: decimalOf(weight) })),
      );
      const weights = pairs.map(([, weight]) => rational(weight)).reduce(plus);
      if (weights.top === 0n) return assert.equal(result, undefined);
      assert.ok(result);
      const total = pairs.map(([value, weight]) => times(rational(value), rational(weight))).reduce(plus);
      const widest = Math.max(...pairs.map(([value]) => decimalOf(value).scale));
      assert.ok(isHalfUp(checked(result), over(total, weights), widest + 6));
    }),
  );
});

test('rounding is half up, away from zero on both sides', () => {
  assert.equal(roundDecimal('44.65', 0), '45');
  assert.equal(roundDecimal('109.5', 0), '110');
  assert.equal(roundDecimal('2.5', 0), '3');
  assert.equal(roundDecimal('-2.5', 0), '-3');
  assert.equal(roundDecimal('-0.4', 0), '0');
  assert.equal(roundDecimal('7.2', 3), '7.2');
  assert.equal(roundDecimal('12345678901234567890.5', 0), '12345678901234567891');
  assert.equal(roundDecimal('-12345678901234567890.5', 0), '-12345678901234567891');
  fc.assert(
    fc.property(decimalText, fc.nat({ max: 20 }), (text, places) => {
      const rounded = roundHalfUp(decimalOf(text), places);
      return rounded.scale <= Math.max(places, 0) && isHalfUp(checked(rounded), rational(text), places);
    }),
  );
});

test('the nearest double is the one that Number reads', () => {
  fc.assert(fc.property(decimalText, (text) => toNumber(decimalOf(text)) === Number(text) + 0));
});

test('means keep what their members have and no zeros that none has', () => {
  assert.equal(meanOf(['7.2', '7.4']), '7.3');
  assert.equal(meanOf(['1.00', '2.00']), '1.50');
  assert.equal(meanOf(['0', '0', '1']), '0.333333');
  assert.equal(meanOf(['0', '1', '1']), '0.666667');
  assert.equal(meanOf(['-1', '0', '0']), '-0.333333');
  assert.equal(meanOf(['5']), '5');
  assert.equal(meanOf([]), undefined);
});

test('the order of the members never changes a sum or a mean', () => {
  const texts = ['0.1', '1', '9007199254740993', '-0.00000000000000000001'];
  assert.equal(sumOf(texts), sumOf([...texts].reverse()));
  assert.equal(sumOf(['0.1', '0.2']), '0.3');
  assert.equal(meanOf(texts), meanOf([...texts].reverse()));
});

test('weights that sum to zero give no mean', () => {
  const value = '7.0';
  assert.equal(weightedMeanOf([{ value, weight: '0.0' }]), undefined);
  assert.equal(weightedMeanOf([]), undefined);
  assert.equal(
    weightedMeanOf([
      { value: '10', weight: '3' },
      { value: '20', weight: '1' },
    ]),
    '12.5',
  );
});

test('a text that is no decimal is a bug of its caller, and is named', () => {
  assert.throws(() => sumOf(['1', 'abc']), /RangeError: "abc" is no decimal/);
});
