import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { blockOf, isConflict, sequence, topic } from './conformance-deeds.ts';
import { conformance } from './journal-store.conformance.ts';
import { BLOCKS, MAX_BLOCK_BYTES, MongoJournalStore, PLACE } from './mongo-journal-store.ts';
import { LANES, STANDINGS } from './mongo-standings.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoJournalStore.open, process);
const opened = async (place: ReturnType<typeof newStore>) => (await place.open()) as MongoJournalStore;
const journal = 'n1/1';
const lane = [[topic, 'station/a']] as const;
const sizeNoted = async ({ database }: MongoJournalStore) =>
  (await database.collection<{ _id: string; size: number }>(STANDINGS).findOne({ _id: journal }))?.size;

conformance('MongoDB', newStore);

test('an append again after a lost answer is a lost race and changes nothing', async (t) => {
  const store = await opened(newStore(t));
  await store.append(blockOf(journal, 1, 3));
  await store.append(blockOf(journal, 4, 2));
  const before = await store.head(journal);
  await assert.rejects(store.append(blockOf(journal, 4, 2)), (error) => isConflict(error, 'JournalMoved'));
  assert.deepEqual(await store.head(journal), before);
  assert.equal(await store.database.collection(BLOCKS).countDocuments(), 2);
});

/** Three records, of which so many were added up in writing. */
async function stoppedAt(size: number, store: MongoJournalStore): Promise<void> {
  let bringBack = async () => {};
  for (let first = 1; first <= 3; first++) {
    if (first === size + 1) bringBack = await copied(store);
    await store.append({ ...blockOf(journal, first), positions: { [`${first}`]: 'read' } });
  }
  await bringBack();
}

async function copied({ database }: MongoJournalStore): Promise<() => Promise<void>> {
  const collections = [STANDINGS, LANES].map((name) => database.collection<{ _id: unknown }>(name));
  const copies = await Promise.all(collections.map((one) => one.find().toArray()));
  return async () => {
    for (const [at, collection] of collections.entries()) {
      await collection.deleteMany({});
      if (copies[at]!.length > 0) await collection.insertMany(copies[at]!);
    }
  };
}

for (const size of [0, 2])
  test(`an instance that ended before it wrote down more than ${size} of 3 records leaves nothing out`, async (t) => {
    const store = await opened(newStore(t));
    await stoppedAt(size, store);
    assert.equal((await sizeNoted(store)) ?? 0, size);
    const { positions, ...head } = (await store.head(journal))!;
    assert.deepEqual(positions, { 1: 'read', 2: 'read', 3: 'read' });
    assert.deepEqual([head.size, Buffer.from(head.root).toString()], [3, 'root 3']);
    assert.deepEqual(await store.taken(journal, lane), [sequence(3)]);
    const again = { ...blockOf(journal, 4), taken: [[topic, 'station/a', sequence(3)]] as const };
    await assert.rejects(store.append(again), (error) => isConflict(error, 'SequenceTaken'));
    await store.append(blockOf(journal, 4));
    assert.equal(await sizeNoted(store), 4);
    assert.deepEqual(await store.taken(journal, lane), [sequence(4)]);
  });

test('many instances that begin the same lanes at once end with the highest of each', async (t) => {
  const place = newStore(t);
  const stores = await Promise.all(Array.from({ length: 8 }, () => opened(place)));
  const keys = Array.from({ length: 300 }, (_, n) => `station/${n}`);
  const taken = keys.map((key) => [topic, key, sequence(1)] as const);
  const all = await Promise.allSettled(stores.map((store) => store.append({ ...blockOf(journal, 1), taken })));
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
  const lanes = keys.map((key) => [topic, key] as const);
  assert.deepEqual(await stores[1]!.taken(journal, lanes), Array(300).fill(sequence(1)));
});

test('names of positions are kept whatever they are', async (t) => {
  const store = await opened(newStore(t));
  const positions = { 'a.b': '1', $set: '2', '': '3', 'nul\0': '4' };
  await store.append({ ...blockOf(journal, 1), positions });
  await store.append(blockOf(journal, 2));
  assert.deepEqual((await store.head(journal))!.positions, positions);
});

test('a block that is larger than a document is named and not taken', async (t) => {
  const store = await opened(newStore(t));
  const block = Buffer.alloc(MAX_BLOCK_BYTES - 100);
  const isTooLarge = (error: unknown) => isFault(error, 'BlockTooLarge') && error.kind === 'invalid';
  await store.append({ ...blockOf(journal, 1), block });
  await assert.rejects(store.append({ ...blockOf(journal, 2), block: Buffer.alloc(MAX_BLOCK_BYTES) }), isTooLarge);
  assert.equal(await store.size(journal), 1);
});

test('a block has its place by a unique index, that finds the newest of each journal first', async (t) => {
  const { database } = await opened(newStore(t));
  const [, place] = await database.collection(BLOCKS).indexes();
  assert.deepEqual([Object.entries(place!.key), place!.unique], [Object.entries(PLACE), true]);
});
