import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Block } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import type { Section } from '../domain/node-journal.ts';
import { OutboundJournal, type Outgoing } from '../journal/outbound-journal.ts';
import { BlockSender } from './block-sender.ts';
import type { Place } from './standing.ts';

const record = (sequence: number): Outgoing => ({
  type: 'ObservationSetChecked',
  key: 's1',
  sequence: String(sequence).padStart(12, '0'),
  knownAt: '2026-01-15T01:30:00.000Z',
  payload: Buffer.from(`${sequence}`),
});

/** Journals of blocks of three records, and a sender that writes into a list. */
async function sending(t: TestContext, sizes: readonly number[], sections: readonly Section[], from: Place) {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ministry-sync');
  const journals = stores.journals;
  const grow = async (incarnation: number, count: number) => {
    const journal = await OutboundJournal.open(journals, `n1/${incarnation}`, 3);
    await journal.take(Array.from({ length: count }, (_, n) => record(journal.size + n + 1)));
  };
  for (const [index, size] of sizes.entries()) await grow(index + 1, size);
  const written: Block[] = [];
  const write = async (block: Block) => void written.push(block);
  const traceparents = () => [];
  const sender = new BlockSender(from, { journals, node: 'n1', sections, windowBlocks: 4, traceparents, write });
  const running = sender.run();
  t.after(async () => {
    sender.stop();
    await running;
    await stores.close();
  });
  const sent = () => written.map(({ incarnation, first, count }) => `${incarnation}: ${first}+${count}`);
  return { sender, grow, sent };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 100));

describe('a sender of blocks', () => {
  test('is never more than its window ahead of what is acknowledged', async (t) => {
    const { sender, sent } = await sending(t, [30], [{ incarnation: 1 }], { section: 0, next: 1 });
    await eventually(() => assert.equal(sent().length, 4));
    await quiet();
    assert.equal(sent().length, 4);
    sender.acknowledged(1, 6);
    await eventually(() => assert.equal(sent().length, 6));
    await quiet();
    assert.equal(sent().length, 6);
    sender.acknowledged(1, 18);
    await eventually(() => assert.equal(sent().length, 10));
  });

  test('goes on from any record, and sends what the journal grows by', async (t) => {
    const { sender, grow, sent } = await sending(t, [8], [{ incarnation: 1 }], { section: 0, next: 5 });
    await eventually(() => assert.deepEqual(sent(), ['1: 5+2', '1: 7+2']));
    await grow(1, 2);
    sender.grown();
    await eventually(() => assert.deepEqual(sent(), ['1: 5+2', '1: 7+2', '1: 9+2']));
  });

  test('sends each incarnation up to its end, then the next', async (t) => {
    const sections = [{ incarnation: 1, end: 5 }, { incarnation: 2, end: 0 }, { incarnation: 3 }];
    const { sent } = await sending(t, [9, 4, 3], sections, { section: 0, next: 1 });
    await eventually(() => assert.deepEqual(sent(), ['1: 1+3', '1: 4+2', '3: 1+3']));
  });
});
