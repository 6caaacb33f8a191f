import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { topics } from '@quantrac/contracts';
import {
  continued,
  edgeToBytes,
  encodeBlock,
  hashToBytes,
  type JournalRecord,
  leafOf,
  rootOf,
} from '@quantrac/journal';
import { edgeOf } from '@quantrac/journal-store';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { Applier } from './applier.ts';
import { heldRecords, holdRecord } from './held-records.ts';
import { collectionOf } from './row-of.ts';

const record = (number: number, type = 'AggregateComputed', version = 1): JournalRecord => {
  const end = new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();
  const payload = Buffer.from(JSON.stringify({ channel: 'COD', statistic: 'mean', length: '1h', end, version }));
  const said = { type, key: 's1', sequence: `${number}`, knownAt: '2026-01-15T01:30:00.000Z' };
  return { leaf: leafOf(number, said, payload), payload };
};

async function newStores(t: TestContext) {
  const stores = await openEmbeddedStores(temporaryFolder(), 'national-aggregation');
  t.after(() => stores.close());
  const journals = stores.journals;
  const { series, documents } = stores;
  const collection = collectionOf(topics.aggregates.name, 'n1');
  return {
    stores: { journals, series, documents },
    async append(...records: readonly JournalRecord[]) {
      const edge = continued(
        await edgeOf(journals, 'n1/1'),
        records.map(({ leaf }) => leaf),
      );
      const tree = { edge: edgeToBytes(edge), root: hashToBytes(rootOf(edge)) };
      const first = records[0]!.leaf.number;
      const block = await encodeBlock(records);
      await journals.append({ journal: 'n1/1', first, count: records.length, block, ...tree, taken: [] });
    },
    rows: async () => (await series.range({ collection, key: 's1', from: 0, to: Infinity, versions: 'all' })).length,
  };
}

const fails = (error: unknown) => assert.fail(`${error}`);

describe('what is acknowledged is applied afterwards', () => {
  test('from the own copy, where it was left, also after a stop between rows and position', async (t) => {
    const { stores, append, rows } = await newStores(t);
    await append(record(1), record(2));
    const first = new Applier(stores, fails);
    await first.start();
    await first.settled('n1');
    await first.stop();
    assert.equal(await rows(), 2);

    await append(record(3), record(4));
    const { document } = (await stores.documents.get({ name: 'applied' }, 'n1/1'))!;
    const second = new Applier(stores, fails);
    await second.start();
    second.stored('n1/1', 4);
    await second.settled('n1');
    await second.stop();
    await stores.documents.put({ name: 'applied' }, { key: 'n1/1', document });
    const third = new Applier(stores, fails);
    await third.start();
    await third.settled('n1');
    await third.stop();
    assert.equal(await rows(), 4);
    assert.equal(third.applied('n1/1'), 4);
  });

  test('journal by journal: one that cannot be read says why, and stops no other', async (t) => {
    const { stores, append, rows } = await newStores(t);
    const unreadable = { journal: 'n0/1', first: 1, count: 1, block: Buffer.from('no block') };
    const tree = { edge: Buffer.alloc(32), root: Buffer.alloc(32) };
    await stores.journals.append({ ...unreadable, ...tree, taken: [] });
    await append(record(1), record(2));
    const told: unknown[] = [];
    const applier = new Applier(stores, (error) => told.push(error));
    await applier.start();
    await applier.settled('n1');
    await append(record(3));
    applier.stored('n1/1', 3);
    await applier.settled('n1');
    // It is tried again.
    await eventually(() => assert.ok(told.length > 1));
    await applier.stop();
    assert.equal(await rows(), 3);
    assert.equal(applier.problem('n1/1'), null);
    assert.match(applier.problem('n0/1') ?? '', /cannot be unpacked/);
    assert.equal(applier.applied('n0/1'), 0);
  });

  test('with what an earlier release held, once its type is known', async (t) => {
    const { stores, append, rows } = await newStores(t);
    await append(record(1, 'ManifestSigned'), record(2), record(3, 'ManifestSigned'), record(4));
    await stores.documents.put({ name: 'applied' }, { key: 'n1/1', document: { upTo: 4 } });
    for (const number of [2, 4]) {
      const said = { node: 'n1', journal: 'n1/1', reason: 'type-unknown' as const, message: 'not known yet', number };
      await holdRecord(stores.documents, { ...said, type: 'AggregateComputed' });
      await holdRecord(stores.documents, { ...said, type: 'ManifestSigned', number: number - 1 });
    }
    const applier = new Applier(stores, fails);
    await applier.start();
    await eventually(async () => assert.equal(await rows(), 2));
    await applier.stop();
    const held = await heldRecords(stores.documents);
    assert.deepEqual(
      held.map(({ type, records, first, last }) => [type, records, first, last]),
      [['ManifestSigned', 2, 1, 3]],
    );
  });
});
