import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteAllowance } from './byte-allowance.ts';

test('no more bytes than allowed are in memory at once, but for a file that is larger than all of them', () => {
  const allowance = byteAllowance(10);
  assert.deepEqual(
    [4, 6, 1, 25].map((size) => allowance.take(size)),
    [true, true, false, false],
  );
  allowance.giveBack(6);
  assert.deepEqual([allowance.take(25), allowance.take(6)], [false, true]);
  for (const size of [4, 6]) allowance.giveBack(size);
  assert.deepEqual([allowance.take(25), allowance.take(1)], [true, false]);
});
