import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { decodeBlock, MAX_BLOCK_BYTES } from '@quantrac/journal';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import fc from 'fast-check';
import { OutboundJournal, type Outgoing } from './outbound-journal.ts';

async function newStore(t: TestContext) {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ministry-sync');
  t.after(() => stores.close());
  return stores.journals;
}

const record = (sequence: number, key = 's1', length = 20): Outgoing => ({
  type: 'ObservationSetChecked',
  key,
  sequence: String(sequence).padStart(12, '0'),
  knownAt: '2026-01-15T01:30:00.000Z',
  payload: Buffer.from(`${key} ${sequence}`.padEnd(length, '.')),
});
const records = (count: number, from = 1) => Array.from({ length: count }, (_, n) => record(from + n));

async function contents(store: Awaited<ReturnType<typeof newStore>>, name: string) {
  const blocks = await store.blocks(name, 1, 1e9);
  const all = await Promise.all(blocks.map(({ block }) => decodeBlock(block)));
  return {
    counts: blocks.map(({ count }) => count),
    texts: all.flat().map(({ payload }) => `${payload}`.replace(/\.+$/, '')),
  };
}

describe("a node's journal at its end", () => {
  test('is the same tree wherever its records were cut, whatever came again', async (t) => {
    const store = await newStore(t);
    const whole = await OutboundJournal.open(store, 'whole/1', 500);
    await whole.take(records(60));
    let run = 0;
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(10)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 1, max: 30 }), async (parts, blockRecords) => {
        const name = `cut-${++run}/1`;
        let journal = await OutboundJournal.open(store, name, blockRecords);
        let next = 1;
        for (const [count, back] of [...parts, [60, 5] as const]) {
          const from = Math.max(1, next - back);
          const end = Math.min(60, next + count - 1);
          await journal.take(records(end - from + 1, from));
          next = Math.max(next, end + 1);
          if (count % 2) journal = await OutboundJournal.open(store, name, blockRecords);
        }
        assert.deepEqual([journal.size, journal.rootHex], [60, whole.rootHex]);
      }),
      { numRuns: 20 },
    );
  });

  test('takes a sequence of a key once, also within a batch', async (t) => {
    const store = await newStore(t);
    const journal = await OutboundJournal.open(store, 'n1/1', 500);
    const batch = [record(2), record(1), record(2), record(2, 's2'), record(3)];
    assert.equal(await journal.take(batch), 3);
    assert.equal(await journal.take(batch), 0);
    assert.deepEqual((await contents(store, 'n1/1')).texts, ['s1 2', 's2 2', 's1 3']);
  });

  test('cuts blocks by their records and by their bytes', async (t) => {
    const store = await newStore(t);
    const journal = await OutboundJournal.open(store, 'n1/1', 10);
    await journal.take(records(25), { topic: 'behind' });
    const large = MAX_BLOCK_BYTES / 4;
    await journal.take([100, 101, 102, 103, 104].map((number) => record(number, 's1', large)));
    assert.deepEqual((await contents(store, 'n1/1')).counts, [10, 10, 5, 4, 1]);
    assert.deepEqual(journal.positions, { topic: 'behind' });
  });

  test('loses against another instance that was faster, and goes on behind it', async (t) => {
    const store = await newStore(t);
    const [one, two] = [await OutboundJournal.open(store, 'n1/1', 500), await OutboundJournal.open(store, 'n1/1', 500)];
    await one.take(records(5), { topic: 'behind 5' });
    await assert.rejects(two.take(records(8)), (error) => isFault(error, 'JournalMoved') && error.kind === 'conflict');
    assert.deepEqual([two.size, two.positions], [5, { topic: 'behind 5' }]);
    assert.equal(await two.take(records(8)), 3);
    await assert.rejects(one.take([record(9)]), (error) => isFault(error, 'JournalMoved'));
    assert.equal(await one.take([record(9)]), 1);
    assert.equal(one.size, 9);
  });
});
