import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { heardIn, isTold, nextTold, SILENCE_HOURS, type Span, toldHours } from './heard.ts';

const heard = (hours: readonly number[]) => hours.reduce<readonly Span[]>((spans, hour) => heardIn(spans, hour), []);

test('an hour is told when something came in it or within the silence before it, in whatever order it came', () => {
  const hours = fc.array(fc.integer({ min: 0, max: 5 * SILENCE_HOURS }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(hours, fc.integer({ min: -10, max: 7 * SILENCE_HOURS }), (came, asked) => {
      const spans = heard(came);
      const expected = came.some((hour) => asked >= hour && asked <= hour + SILENCE_HOURS);
      assert.equal(isTold(spans, asked), expected);
      assert.deepEqual(toldHours(spans, asked, asked), expected ? [asked] : []);
      assert.equal(nextTold(spans, asked), toldHours(spans, asked, 12 * SILENCE_HOURS)[0] ?? Infinity);
      assert.deepEqual(heard(came.toReversed()), spans);
    }),
  );
});

test('hours heard in again change nothing', () => {
  const spans = heard([10, 12]);
  assert.equal(heardIn(spans, 11), spans);
  assert.deepEqual(spans, [[10, 12]]);
});

test('a stretch that is longer than the silence leaves no hour of it out', () => {
  const to = 3 * SILENCE_HOURS;
  assert.deepEqual(heardIn([[0, 10]], 20, to), [[0, to]]);
  assert.deepEqual(heardIn([[to + 1, to + 2]], 0, to), [[0, to + 2]]);
});
