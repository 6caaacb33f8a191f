import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testFlag, testFlags, testNames } from './test-flags.ts';

describe('the flags of the tests of a reading', () => {
  test('are a digit a test, in the order that stored records have', () => {
    const told = testNames.map((name) => [name, testFlag('123491', name)]);
    const stored = { deviceStatus: 1, time: 2, grossRange: 3, spike: 4, rateOfChange: 9, flatLine: 1 };
    assert.deepEqual(Object.fromEntries(told), stored);
  });

  test('say of a test that was appended after a record that it was not evaluated', () => {
    assert.equal(testFlag('11111', 'flatLine'), 2);
  });

  test('may be more than six for who reads the record of a later version, of known digits alone', () => {
    const taken = ['111111', '1111112', '11111', '111151', '11111 '].filter(
      (text) => testFlags.safeParse(text).success,
    );
    assert.deepEqual(taken, ['111111', '1111112']);
  });
});
