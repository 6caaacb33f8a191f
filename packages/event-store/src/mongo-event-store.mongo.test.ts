import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { losingAnswers } from '@quantrac/mongo/losing-answers';
import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { noted } from './conformance-deeds.ts';
import { conformance } from './event-store.conformance.ts';
import { MongoEventStore } from './mongo-event-store.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoEventStore.open, process);

conformance('MongoDB', newStore);

const command = (commandId: string) => ({ commandId, metadata: {} });
const isAway = (error: unknown) => isFault(error) && error.kind === 'unavailable';

test('an append whose answer was lost is there once and gives its version when it is sent again', async (t) => {
  const { database, loseAnswerTo } = await losingAnswers(t, `test-${randomUUID().slice(0, 18)}`);
  const store = await MongoEventStore.open(database);
  const appends = [
    () => store.append('station/a', 0, [noted('a', 0), noted('a', 1)], command('some')),
    () => store.append('station/a', 2, [], command('none')),
    () => store.append('station/a', 2, [noted('a', 2)], command('one')),
  ];
  for (const append of appends) {
    loseAnswerTo('insert');
    await assert.rejects(append(), isAway);
  }
  assert.deepEqual(await Promise.all(appends.map((append) => append())), [2, 2, 3]);
  assert.deepEqual(
    (await store.readAll(0, 10)).map(({ position }) => position),
    [1, 2],
  );
});

test('a command that another instance has done is known, though this one has seen its version', async (t) => {
  const place = newStore(t);
  const [here, there] = [await place.open(), await place.open()];
  for (const [version, events] of [[noted('a', 0)], []].entries()) {
    await there.append('station/a', version, events, command(`${version}`));
    assert.equal((await here.read('station/a')).version, 1);
    assert.equal(await here.append('station/a', 1, [noted('again', 0)], command(`${version}`)), 1);
  }
});

test('appends that go together are each refused or taken alone', async (t) => {
  const store = await newStore(t).open();
  await store.append('moved', 0, [noted('a', 0)], command('first'));
  const appends = Array.from({ length: 100 }, (_, n) =>
    n % 3 === 0
      ? store.append('moved', 0, [noted('late', n)], command(`${n}`))
      : store.append(`station/${n}`, 0, n % 3 === 1 ? [noted('a', n)] : [], command(`${n}`)),
  );
  const outcomes = (await Promise.allSettled(appends)).map((each) =>
    each.status === 'fulfilled' ? each.value : each.reason.kind,
  );
  assert.deepEqual(
    outcomes,
    outcomes.map((_, n) => (n % 3 === 0 ? 'conflict' : n % 3 === 1 ? 1 : 0)),
  );
  assert.equal((await store.readAll(0, 1000)).length, 34);
});

test('four processes that append at once leave no position out', async (t) => {
  const place = newStore(t);
  const others = ['a', 'b', 'c', 'd'].map((by) => place.elsewhere('noteAnyhow', { by, streams: [by], count: 100 }));
  for (const other of others) assert.equal(await other.ended, 0);
  const positions = (await (await place.open()).readAll(0, 1000)).map(({ position }) => position);
  assert.deepEqual(
    positions,
    Array.from({ length: 400 }, (_, n) => n + 1),
  );
});

test('gives back any JSON, whatever BSON makes of such names', async (t) => {
  const store = await newStore(t).open();
  const data = JSON.parse(
    '{"a.b":1,"$set":{},"nul\\u0000":"\\u0000","_bsontype":"ObjectId","$ref":{"$ref":"x","$id":1},"__proto__":1}',
  );
  await store.append('station/a', 0, [{ type: 'Noted', data }], command('odd'));
  assert.deepEqual((await store.read('station/a')).events, [{ type: 'Noted', data }]);
});

test('names an append that is larger than a document may be, and takes one that is nearly so', async (t) => {
  const store = await newStore(t).open();
  const mebibytes = (n: number) => [{ type: 'Noted', data: 'x'.repeat(n * 1024 * 1024) }];
  const tooLarge = store.append('station/a', 0, mebibytes(16), command('large'));
  await assert.rejects(tooLarge, (error) => isFault(error, 'AppendTooLarge') && error.kind === 'invalid');
  for (const n of [0, 1, 2]) assert.equal(await store.append('station/a', n, mebibytes(15), command(`${n}`)), n + 1);
  assert.equal((await store.read('station/a')).version, 3);
});
