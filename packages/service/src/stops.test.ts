import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTogether } from './stops.ts';

const works = (said: string[], broken?: string) =>
  ['a', 'b', 'c'].map((name) => async () => {
    if (name === broken) throw new Error(`${name} cannot begin`);
    said.push(`${name} begins`);
    return { stop: async () => void said.push(`${name} ends`) };
  });

test('works that begin together end in the reverse order', async () => {
  const said: string[] = [];
  const running = await startTogether(works(said));
  await running.stop();
  assert.deepEqual(said, ['a begins', 'b begins', 'c begins', 'c ends', 'b ends', 'a ends']);
});

test('when one cannot begin, those that have are ended', async () => {
  const said: string[] = [];
  await assert.rejects(startTogether(works(said, 'c')), /c cannot begin/);
  assert.deepEqual(said, ['a begins', 'b begins', 'b ends', 'a ends']);
});
