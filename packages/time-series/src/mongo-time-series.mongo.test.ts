import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { losingAnswers } from '@quantrac/mongo/losing-answers';
import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { day, HOUR, row, start } from './conformance-deeds.ts';
import { COLLECTION, IDENTITY, MAX_VALUE_BYTES, MongoTimeSeries, SEQUENCE } from './mongo-time-series.ts';
import { conformance } from './time-series.conformance.ts';
import type { Range } from './time-series.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoTimeSeries.open, process);
const opened = async (place: ReturnType<typeof newStore>) => (await place.open()) as MongoTimeSeries;
const always = { collection: 'checked', key: 'station/a', series: 'set', from: -Infinity, to: Infinity };

conformance('MongoDB', newStore);

test('the same insert by eight instances at once counts each row once, and said again none', async (t) => {
  const place = newStore(t);
  const stores = await Promise.all(Array.from({ length: 8 }, () => opened(place)));
  const rows = day();
  const inserted = await Promise.all(stores.map((store) => store.insert(rows)));
  assert.equal(
    inserted.reduce((sum, count) => sum + count),
    144,
  );
  assert.equal(await stores[0]!.insert(rows), 0);
  assert.equal(await stores[0]!.count('checked'), 144);
});

test('an insert that was broken off is completed when it is said again', async (t) => {
  const store = await opened(newStore(t));
  const rows = day();
  await store.insert(rows);
  await store.database.collection(COLLECTION).deleteMany({ time: { $gte: start + 20 * HOUR } });
  assert.equal(await store.insert(rows), 24);
  assert.equal((await store.range(always)).length, 144);
});

test('an insert whose answer is lost is told as a server that is away, and completed when it is said again', async (t) => {
  const { database, loseAnswerTo } = await losingAnswers(t, `test-${randomUUID().slice(0, 18)}`);
  const store = await MongoTimeSeries.open(database);
  loseAnswerTo('insert');
  await assert.rejects(store.insert(day()), (error) => isFault(error, 'MongoAway') && error.kind === 'unavailable');
  await store.insert(day());
  assert.equal((await store.range(always)).length, 144);
});

test('a batch that is larger than a message is inserted whole', async (t) => {
  const store = await opened(newStore(t));
  const value = Buffer.alloc(1 << 20, 'x');
  const rows = Array.from({ length: 60 }, (_, n) => row({ time: start + n, value }));
  assert.equal(await store.insert(rows), 60);
  assert.equal(await store.insert(rows), 0);
  assert.equal((await store.range(always)).length, 60);
});

test('a row that is larger than a document is named, and nothing beside it is inserted', async (t) => {
  const store = await opened(newStore(t));
  assert.equal(await store.insert([row({ value: Buffer.alloc(MAX_VALUE_BYTES) })]), 1);
  const larger = row({ time: start + 1, value: Buffer.alloc(MAX_VALUE_BYTES + 1) });
  await assert.rejects(
    store.insert([row({ time: start + 2 }), larger]),
    (error) => isFault(error, 'RowTooLarge') && error.kind === 'invalid',
  );
  assert.equal(await store.count('checked'), 1);
});

test('a thousand ranges, that overlap and are limited here and there, are answered as each alone', async (t) => {
  const store = await opened(newStore(t));
  await store.insert(['station/a', 'station/b'].flatMap((key) => day({ key })));
  await store.insert(day().map(({ time, knownAt }) => row({ time, knownAt: knownAt + HOUR, version: 2 })));
  const ranges = Array.from(
    { length: 1000 },
    (_, n): Range => ({
      ...always,
      key: n % 3 === 0 ? 'station/b' : 'station/a',
      from: start + (n % 20) * HOUR,
      to: start + ((n % 20) + 1) * HOUR + n,
      versions: n % 2 === 0 ? 'all' : 'current',
      ...(n % 5 === 0 ? { knownAt: start + 10 * HOUR } : {}),
      ...(n % 7 === 0 ? { limit: 2 } : {}),
    }),
  );
  const together = await store.ranges(ranges);
  for (const n of Array.from({ length: 100 }, (_, n) => n * 9 + 7))
    assert.deepEqual(together[n], await store.range(ranges[n]!));
  assert.ok(together.some((rows) => rows.length > 10) && together.some((rows) => rows.length === 0));
});

/** Each read of rows names its index, so that a server uses that one or refuses. */
test('rows are found by their identity, and the history of a key by its sequences', async (t) => {
  const { database } = await opened(newStore(t));
  const indexes = await database.collection(COLLECTION).indexes();
  const found = indexes.map(({ name, key, unique = false }) => [name, Object.entries(key), unique]);
  assert.deepEqual(found.slice(1), [
    ['identity', Object.entries(IDENTITY), true],
    ['sequence', Object.entries(SEQUENCE), false],
  ]);
});
