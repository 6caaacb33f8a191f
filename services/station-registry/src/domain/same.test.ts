import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSame } from './same.ts';

describe('two values of JSON', () => {
  it('are the same whatever the order of their fields, and with undefined ones left out', () => {
    assert.ok(isSame({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null, d: undefined }] }));
  });

  it('differ in a value, a length or a shape', () => {
    for (const [one, other] of [
      [{ a: 1 }, { a: 2 }],
      [[1], [1, 2]],
      [[], {}],
      [null, {}],
      [{ a: null }, {}],
      ['1', 1],
    ])
      assert.ok(!isSame(one, other), JSON.stringify([one, other]));
  });
});
