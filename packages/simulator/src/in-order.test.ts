import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inOrder } from './in-order.ts';

test('merges rising sequences into one, equal members in the order of their sequences', () => {
  const rising = fc.array(fc.nat({ max: 50 })).map((times) => times.toSorted((one, other) => one - other));
  fc.assert(
    fc.property(fc.array(rising, { maxLength: 12 }), (sources) => {
      const labelled = sources.map((times, source) => times.map((at, index) => ({ at, source, index })));
      const merged = [...inOrder(labelled.map((members) => members.values()))];
      const sorted = labelled
        .flat()
        .toSorted((one, other) => one.at - other.at || one.source - other.source || one.index - other.index);
      assert.deepEqual(merged, sorted);
    }),
  );
});
