import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countOf, heldLines, lineIn } from './held-lines.ts';
import type { LineFault } from './line-fault.ts';
import type { HeldLine, HeldReason } from './place-lines.ts';

const held = (line: number, reason: HeldReason = 'ChannelUnknown'): HeldLine => ({
  line,
  text: 'x',
  reason,
  advice: 'do',
});

describe('held lines', () => {
  it('are told in the order of the file, a hundred of them', () => {
    const fault = { ...held(2, 'ValueNotANumber'), from: 0, to: 1 } as LineFault;
    const lines = heldLines([fault], 7, [held(1), held(3)]);
    assert.deepEqual(
      lines.described.map(({ line }) => line),
      [1, 2, 3],
    );
    assert.equal(countOf(lines), 10);
    const many = heldLines(
      [],
      0,
      Array.from({ length: 250 }, (_, index) => held(index + 1)),
    );
    assert.deepEqual([many.described.length, many.leftOut, many.mayBeFreed], [100, 150, [[1, 250]]]);
  });

  it('wait for the register only where a registration may free them', () => {
    const cut = { ...held(1, 'LineCut'), from: 0, to: 1 } as LineFault;
    assert.deepEqual([heldLines([cut], 0, []).byRegistering, heldLines([cut], 0, []).mayBeFreed], [false, [[1, 1]]]);
    const unreadable = { ...held(1, 'NotUtf8'), from: 0, to: 1 } as LineFault;
    assert.deepEqual(heldLines([unreadable], 0, []).mayBeFreed, []);
    for (const reason of [
      'ChannelUnknown',
      'ChannelTwice',
      'UnitUnknown',
      'UnitNotConvertible',
      'TimeInFuture',
      'ClockNotSet',
    ] as const)
      assert.equal(heldLines([], 0, [held(1, reason)]).byRegistering, true);
  });

  it('are found again by their numbers', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 300 })).map((lines) => lines.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(numbers, (lines) => {
        const isHeld = lineIn(
          heldLines(
            [],
            0,
            lines.map((line) => held(line)),
          ).mayBeFreed,
        );
        const found = Array.from({ length: 300 }, (_, index) => index + 1).filter(isHeld);
        assert.deepEqual(found, lines);
      }),
    );
  });
});
