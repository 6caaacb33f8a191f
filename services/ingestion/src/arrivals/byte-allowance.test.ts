import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteAllowance } from './byte-allowance.ts';

test('no more bytes than allowed are in memory at once, but for a file that is larger than all of them', async () => {
  const allowance = byteAllowance(10);
  const sizes = [4, 6, 3, 25, 1, 10, 2];
  let [inMemory, most] = [0, 0];
  const overruns: number[] = [];
  await Promise.all(
    sizes.map(async (size) => {
      const giveBack = await allowance.take(size);
      inMemory += size;
      most = Math.max(most, Math.min(inMemory, 10));
      if (inMemory > 10) overruns.push(inMemory);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inMemory -= size;
      giveBack();
    }),
  );
  assert.deepEqual([most, overruns], [10, [25]]);
});
