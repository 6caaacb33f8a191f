import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fewAtOnce } from './few-at-once.ts';

const numbers = Array.from({ length: 100 }, (_, n) => n);

test('many questions are asked eight at a time and answered in their order', async () => {
  let [asked, most] = [0, 0];
  const answers = await fewAtOnce(numbers, async (n) => {
    most = Math.max(most, ++asked);
    for (let turns = 0; turns < n % 3; turns++) await turn();
    asked--;
    return n * 2;
  });
  assert.deepEqual(
    answers,
    numbers.map((n) => n * 2),
  );
  assert.equal(most, 8);
});

test('the first error is told, and no more is asked for by who met it', async () => {
  let asked = 0;
  const asking = fewAtOnce(numbers, async (n) => {
    asked++;
    await turn();
    throw new Error(`${n} failed`);
  });
  await assert.rejects(asking, /^Error: 0 failed$/);
  assert.equal(asked, 8);
});
