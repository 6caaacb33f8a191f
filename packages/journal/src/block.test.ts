import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { BlockUnreadable, decodeBlock, encodeBlock, type JournalRecord } from './block.ts';
import { continued, discontinuity, leafOf } from './continuation.ts';
import { emptyEdge, rootOf } from './edge.ts';

const plain = (record: JournalRecord) => ({ ...record, payload: Buffer.from(record.payload).toString('hex') });
const recordOf = (number: number, payload: Uint8Array): JournalRecord => {
  const said = { type: 'Noted', key: `trạm/${number % 3}`, sequence: `${number}`, knownAt: '2026-01-15T01:30:00.000Z' };
  return { leaf: leafOf(number, said, payload), payload };
};
const records = (count: number, first = 1) =>
  Array.from({ length: count }, (_, n) => recordOf(first + n, Buffer.from(`{"n":${first + n}}`)));
const isUnreadable = (error: unknown) => error instanceof BlockUnreadable;

describe('a block', () => {
  test('gives back its records, whatever their bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2000 })), async (payloads) => {
        const written = payloads.map((payload, index) => recordOf(index + 1, payload));
        const read = await decodeBlock(await encodeBlock(written));
        assert.deepEqual(read.map(plain), written.map(plain));
      }),
    );
  });

  test('is unreadable, and nothing worse, when it is cut or no block at all', async () => {
    const block = await encodeBlock(records(20));
    for (let length = 0; length < block.length; length += 7)
      await assert.rejects(decodeBlock(block.subarray(0, length)), isUnreadable);
    for (const inside of ['', 'abc', '\u0000\u0000\u0000\u0000more', '\xff\xff\xff\xff', '\u0005\u0000\u0000\u0000'])
      await assert.rejects(decodeBlock(zstdCompressSync(Buffer.from(inside, 'latin1'))), isUnreadable);
  });

  test('that would unpack to far more than a block may hold is unreadable', async () => {
    await assert.rejects(decodeBlock(zstdCompressSync(Buffer.alloc(200_000_000))), isUnreadable);
  });
});

describe('records that are to follow a journal', () => {
  const edge = continued(
    emptyEdge,
    records(5).map(({ leaf }) => leaf),
  );

  test('continue it when they are the next ones, wherever they are cut', () => {
    const all = records(30);
    assert.equal(discontinuity(edge, records(25, 6)), undefined);
    for (let cut = 0; cut <= all.length; cut++) {
      const [before, behind] = [all.slice(0, cut), all.slice(cut)].map((part) => part.map(({ leaf }) => leaf));
      assert.deepEqual(
        rootOf(continued(continued(emptyEdge, before!), behind!)),
        rootOf(continued(emptyEdge, [...before!, ...behind!])),
      );
    }
  });

  test('do not when one is missing, comes again, or has another payload than its leaf says', () => {
    const code = (...following: JournalRecord[]) => {
      const { code, at } = discontinuity(edge, following) ?? {};
      return [code, at];
    };
    const [six, seven] = records(2, 6) as [JournalRecord, JournalRecord];
    assert.deepEqual(code(seven), ['JournalHole', 6]);
    assert.deepEqual(code(six, six), ['RecordRepeated', 6]);
    assert.deepEqual(code(records(1, 5)[0]!), ['RecordRepeated', 5]);
    assert.deepEqual(code(six, { ...seven, payload: Buffer.from('{"n":8}') }), ['PayloadChanged', 7]);
    assert.deepEqual(code({ ...six, leaf: { ...six.leaf, key: '' } }), ['LeafInvalid', 6]);
  });
});
