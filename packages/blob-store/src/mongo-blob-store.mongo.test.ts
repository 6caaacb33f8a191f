import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { conformance } from './blob-store.conformance.ts';
import { blob, noon } from './conformance-deeds.ts';
import { COLLECTION, MAX_BYTES, MongoBlobStore } from './mongo-blob-store.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoBlobStore.open, process);
const opened = async (place: ReturnType<typeof newStore>) => (await place.open()) as MongoBlobStore;
const chunksOf = ({ database }: MongoBlobStore) => database.collection<{ _id: Uint8Array }>(COLLECTION);

conformance('MongoDB', newStore);

test('the same put by eight instances at once, or again after a lost answer, stores each blob once', async (t) => {
  const place = newStore(t);
  const stores = await Promise.all(Array.from({ length: 8 }, () => opened(place)));
  const blobs = Array.from({ length: 200 }, (_, n) => blob(`file ${n}`));
  const refs = await Promise.all(stores.map((store) => store.put(blobs)));
  for (const one of [...refs, await stores[0]!.put(blobs)]) assert.deepEqual(one, refs[0]);
  assert.equal(await chunksOf(stores[0]!).countDocuments(), 200);
});

test('a blob of 64 MB is kept in chunks, and of one that is larger nothing is', async (t) => {
  const store = await opened(newStore(t));
  const bytes = Buffer.concat(Array<Buffer>(MAX_BYTES >> 20).fill(randomBytes(1 << 20)));
  const [ref] = await store.put([{ bytes, storedAt: noon(15) }]);
  assert.ok(bytes.equals(await store.get(ref!)));
  const larger = { bytes: Buffer.alloc(MAX_BYTES + 1), storedAt: noon(15) };
  await assert.rejects(store.put([blob('beside it'), larger]), (error) => isFault(error, 'BlobTooLarge'));
  assert.equal(await chunksOf(store).countDocuments(), 8);
});

test('a put that was broken off between chunks has stored nothing, and done again stores all', async (t) => {
  const store = await opened(newStore(t));
  const bytes = randomBytes(20 << 20);
  const put = () => store.put([{ bytes, storedAt: noon(15) }]);
  const [ref] = await put();
  const [first] = await chunksOf(store).find().sort({ _id: 1 }).toArray();
  await chunksOf(store).deleteOne({ _id: first!._id });
  await assert.rejects(store.get(ref!), (error) => isFault(error, 'BlobUnknown'));
  assert.deepEqual(await put(), [ref]);
  assert.ok(bytes.equals(await store.get(ref!)));
});

test('the first chunk of a blob is written last', async (t) => {
  const store = await opened(newStore(t));
  const bytes = randomBytes(20 << 20);
  const putting = store.put([{ bytes, storedAt: noon(15) }]);
  let isPut = false;
  void putting.then(() => {
    isPut = true;
  });
  while (!isPut) {
    const chunks = await chunksOf(store)
      .find({}, { projection: { _id: 1 } })
      .toArray();
    const first = chunks.some(({ _id }) => (_id as unknown as { position: number }).position === 36);
    assert.ok(!first || chunks.length === 3);
  }
  await putting;
});

test('bytes that have changed on the server are refused', async (t) => {
  const store = await opened(newStore(t));
  const [ref] = await store.put([blob('as it was')]);
  await chunksOf(store).updateOne({}, { $set: { bytes: Buffer.from('as it wos') } });
  await assert.rejects(store.get(ref!), (error) => !isFault(error) && /have changed/.test((error as Error).message));
});
