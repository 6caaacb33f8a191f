import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { earlyWarning } from './early-warning.ts';
import { exceedance } from './exceedance.ts';

const thresholds = (judge: ReturnType<typeof exceedance> | undefined, ...values: readonly string[]) =>
  values.map((value) => judge?.(value)?.threshold ?? null);

describe('an exceedance', () => {
  it('is above the upper bound or below the lower one; equal is within', () => {
    const ph = exceedance({ lower: '6', upper: '9' });
    assert.deepEqual(thresholds(ph, '5.99', '6.00', '7', '9.0', '9.01'), ['6', null, null, null, '9']);
  });

  it('takes 0 for a bound, and null for none', () => {
    assert.deepEqual(thresholds(exceedance({ lower: null, upper: '0' }), '-1', '0.0', '0.001'), [null, null, '0']);
    assert.deepEqual(thresholds(exceedance({ lower: '0', upper: null }), '-0.001', '0', '1000'), ['0', null, null]);
  });
});

describe('an early warning', () => {
  it('is given from its share of an upper bound on', () => {
    const cod = earlyWarning({ lower: null, upper: '67.5' }, '0.7');
    assert.deepEqual(thresholds(cod, '47.24', '47.25', '80'), [null, '47.25', '47.25']);
  });

  it('is given from a lower bound over its share down', () => {
    const oxygen = earlyWarning({ lower: '5', upper: null }, '0.8');
    assert.deepEqual(thresholds(oxygen, '6.26', '6.25', '4'), [null, '6.25', '6.25']);
  });

  it('is given near either end of an interval, never in its middle', () => {
    const ph = earlyWarning({ lower: '6', upper: '9' }, '0.7');
    assert.deepEqual(thresholds(ph, '6.45', '6.46', '7.5', '8.54', '8.55'), ['6.45', null, null, null, '8.55']);
  });

  it('knows no share of a bound of 0', () => {
    assert.equal(earlyWarning({ lower: null, upper: '0' }, '0.7'), undefined);
    assert.deepEqual(thresholds(earlyWarning({ lower: '0', upper: '100' }, '0.7'), '0', '69', '70'), [
      null,
      null,
      '70',
    ]);
  });
});
