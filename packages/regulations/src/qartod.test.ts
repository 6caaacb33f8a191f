import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flag, flags, rollUp } from './qartod.ts';

const { pass, notEvaluated, suspect, fail, missing } = flags;
const together = (...tests: readonly Flag[]) => rollUp(tests.join(''));

test('the worst outcome of the tests stands for the reading: fail, suspect, pass, not evaluated', () => {
  assert.equal(together(pass, fail, suspect), fail);
  assert.equal(together(pass, suspect, notEvaluated), suspect);
  assert.equal(together(notEvaluated, pass), pass);
  assert.equal(together(notEvaluated, notEvaluated), notEvaluated);
});

test('a reading that no test looked at is not evaluated', () => {
  assert.equal(together(), notEvaluated);
});

test('only a reading without a value is missing', () => {
  assert.equal(together(missing, missing), missing);
  assert.equal(together(missing, pass), pass);
  assert.equal(together(missing, notEvaluated), notEvaluated);
});
