import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOf } from './partition.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test("hashes as Kafka's clients do", () => {
  const vectors: readonly [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [text, hash] of vectors) assert.equal(murmur2(bytes(text)), hash);
});

test('puts a key into a partition by the positive part of its hash, over its UTF-8 bytes', () => {
  assert.equal(partitionOf('foobar', 16), (-790332482 & 0x7fffffff) % 16);
  assert.equal(partitionOf('abc', 16), 479470107 % 16);
  assert.equal(partitionOf('trạm/1', 16), (murmur2(bytes('trạm/1')) & 0x7fffffff) % 16);
  assert.equal(partitionOf('anything', 1), 0);
});
