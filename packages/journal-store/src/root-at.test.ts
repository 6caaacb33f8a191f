import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  continued,
  decodeBlock,
  edgeToBytes,
  emptyEdge,
  encodeBlock,
  hashFromBytes,
  hashToBytes,
  leafOf,
  rootOf,
} from '@quantrac/journal';
import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { cutBlock, edgeOf, rootAt } from './root-at.ts';
import { SqliteJournalStore } from './sqlite-journal-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);
const newStore = inTemporaryFolders(inOneFile(SqliteJournalStore.open), process);

const records = Array.from({ length: 40 }, (_, n) => {
  const payload = Buffer.from(`{"n":${n}}`);
  const said = { type: 'Noted', key: 'a', sequence: `${n}`, knownAt: '2026-01-15T01:30:00.000Z' };
  return { leaf: leafOf(n + 1, said, payload), payload };
});
const leavesTo = (size: number) => records.slice(0, size).map(({ leaf }) => leaf);
const rootOfFirst = (size: number) => rootOf(continued(emptyEdge, leavesTo(size)));

async function written(store: SqliteJournalStore, counts: readonly number[]): Promise<void> {
  let size = 0;
  for (const count of counts) {
    const block = await encodeBlock(records.slice(size, size + count));
    const edge = continued(emptyEdge, leavesTo(size + count));
    const tree = { edge: edgeToBytes(edge), root: hashToBytes(rootOf(edge)) };
    await store.append({ journal: 'n1/1', first: size + 1, count, block, ...tree, taken: [] });
    size += count;
  }
}

describe('a stored journal', () => {
  test('knows its root at every size it ever had', async (t) => {
    const store = (await newStore(t).open()) as SqliteJournalStore;
    await written(store, [1, 4, 20, 15]);
    for (let size = 0; size <= records.length; size++)
      assert.equal(await rootAt(store, 'n1/1', size), rootOfFirst(size));
    assert.equal(await rootAt(store, 'n1/1', records.length + 1), undefined);
    assert.deepEqual(await edgeOf(store, 'n1/1'), continued(emptyEdge, leavesTo(40)));
    assert.deepEqual(await edgeOf(store, 'n2/1'), emptyEdge);
  });

  test('gives any part of a block as a block with its own root', async (t) => {
    const store = (await newStore(t).open()) as SqliteJournalStore;
    await written(store, [10, 30]);
    const [stored] = await store.blocks('n1/1', 11, 1);
    for (const [from, to] of [
      [11, 40],
      [11, 11],
      [17, 33],
      [40, 40],
    ] as const) {
      const { first, count, block, root } = await cutBlock(stored!, from, to);
      assert.deepEqual([first, count, hashFromBytes(root)], [from, to - from + 1, rootOfFirst(to)]);
      const numbers = (await decodeBlock(block)).map(({ leaf }) => leaf.number);
      assert.deepEqual([numbers[0], numbers.at(-1), numbers.length], [from, to, count]);
    }
  });
});
