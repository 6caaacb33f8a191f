import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flags, rollUp } from './qartod.ts';

const { pass, notEvaluated, suspect, fail, missing } = flags;

test('the worst outcome of the tests stands for the reading: fail, suspect, pass, not evaluated', () => {
  assert.equal(rollUp([pass, fail, suspect]), fail);
  assert.equal(rollUp([pass, suspect, notEvaluated]), suspect);
  assert.equal(rollUp([notEvaluated, pass]), pass);
  assert.equal(rollUp([notEvaluated, notEvaluated]), notEvaluated);
});

test('a reading that no test looked at is not evaluated', () => {
  assert.equal(rollUp([]), notEvaluated);
});

test('only a reading without a value is missing', () => {
  assert.equal(rollUp([missing, missing]), missing);
  assert.equal(rollUp([missing, pass]), pass);
  assert.equal(rollUp([missing, notEvaluated]), notEvaluated);
});
