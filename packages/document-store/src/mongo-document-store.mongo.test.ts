import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { losingAnswers } from '@quantrac/mongo/losing-answers';
import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { type Counter, counters } from './conformance-deeds.ts';
import { conformance } from './document-store.conformance.ts';
import type { Collection, Put } from './document-store.ts';
import { MongoDocumentStore } from './mongo-document-store.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoDocumentStore.open, process);

conformance('MongoDB', newStore);

const keys = Array.from({ length: 50 }, (_, n) => `${n}`);
const put = (key: string, by: string, expected?: number): Put<Counter> => ({
  key,
  document: { count: 1, by },
  expected,
});
const isAway = (error: unknown) => isFault(error) && error.kind === 'unavailable';

test('a write whose answer was lost is done, and sent again changes nothing more and is told as lost', async (t) => {
  const { database, loseAnswerTo } = await losingAnswers(t, `test-${randomUUID().slice(0, 18)}`);
  const store = await MongoDocumentStore.open(database);
  const writes = [
    ['insert', () => store.putMany(counters, [put('a', 'first', 0)]), ['a', 1, 'first']],
    ['update', () => store.putMany(counters, [put('a', 'second', 1)]), ['a', 2, 'second']],
    ['delete', async () => [await store.remove(counters, 'a')], undefined],
  ] as const;
  for (const [command, write, expected] of writes) {
    const there = async () => {
      const stored = await store.get(counters, 'a');
      return stored && [stored.key, stored.revision, stored.document.by];
    };
    loseAnswerTo(command);
    await assert.rejects(write(), isAway);
    assert.deepEqual(await there(), expected);
    assert.deepEqual(await write(), [undefined]);
    assert.deepEqual(await there(), expected);
  }
});

test('puts that lose among many leave each revision to exactly one writer', async (t) => {
  const place = newStore(t);
  const won = new Map<string, number>();
  const write = async (store: MongoDocumentStore, by: string) => {
    for (let round = 0; round < 20; round++) {
      const there = new Map((await store.getMany(counters, keys)).map(({ key, revision }) => [key, revision]));
      const puts = keys.filter(() => Math.random() < 0.5).map((key) => put(key, by, there.get(key) ?? 0));
      for (const [at, revision] of (await store.putMany(counters, puts)).entries())
        if (revision !== undefined) won.set(puts[at]!.key, (won.get(puts[at]!.key) ?? 0) + 1);
    }
  };
  const stores = [await place.open(), await place.open(), await place.open()];
  await Promise.all(stores.map((store, n) => write(store, `${n}`)));
  const stored = await stores[0]!.list(counters);
  assert.deepEqual(new Map(stored.map(({ key, revision }) => [key, revision])), new Map([...won].sort()));
});

test('puts that expect nothing are each told a revision of their own, in one call and in many', async (t) => {
  const place = newStore(t);
  const stores = [await place.open(), await place.open()];
  const calls = stores.map((store) => store.putMany(counters, [put('a', 'here'), put('b', 'here'), put('a', 'here')]));
  const revisions = await Promise.all(calls);
  assert.deepEqual(revisions.flatMap(([first, , last]) => [first, last]).sort(), [1, 2, 3, 4]);
  assert.deepEqual(revisions.map(([, only]) => only).sort(), [1, 2]);
});

test('puts of one key in one call are done in their order', async (t) => {
  const store = await newStore(t).open();
  const puts = [put('a', '1', 0), put('b', 'only'), put('a', '2', 1), put('a', 'lost', 1), put('a', '3')];
  assert.deepEqual(await store.putMany(counters, puts), [1, 1, 2, undefined, 3]);
  assert.equal((await store.get(counters, 'a'))?.document.by, '3');
});

test('gives back any JSON, whatever BSON makes of such names', async (t) => {
  const store = await newStore(t).open();
  const odd: Collection<unknown> = { name: 'odd', indexes: { byRef: ['ref' as never] } };
  const text =
    '{"a.b":1,"$set":{},"nul\\u0000":"\\u0000","_bsontype":"ObjectId","ref":{"$ref":"x","$id":1},"__proto__":1,"_id":2}';
  await store.put(odd, { key: 'a$.\u0000', document: JSON.parse(text) });
  assert.equal(JSON.stringify((await store.get(odd, 'a$.\u0000'))?.document), text);
});

test('names a document that is too large before it puts any, and takes many that are nearly so', async (t) => {
  const store = await newStore(t).open();
  const large = (key: string, mebibytes: number) => put(key, 'x'.repeat(mebibytes * 1024 * 1024), 0);
  await assert.rejects(
    store.putMany(counters, [large('small', 0), large('large', 16)]),
    (error) => isFault(error, 'DocumentTooLarge') && error.message.includes('counters large'),
  );
  assert.equal(await store.count(counters), 0);
  assert.deepEqual(
    await store.putMany(
      counters,
      ['a', 'b', 'c'].map((key) => large(key, 15)),
    ),
    [1, 1, 1],
  );
  assert.equal((await store.list(counters)).length, 3);
});

interface Person {
  readonly name: string;
  readonly age?: number;
  readonly married?: boolean;
}

test('an index finds what was put before it was declared, truth values as 0 and 1', async (t) => {
  const place = newStore(t);
  const [before, after] = [await place.open(), await place.open()];
  const byName: Collection<Person> = { name: 'people', indexes: { byName: ['name'] } };
  const byAge: Collection<Person> = { name: 'people', indexes: { byAge: ['age'], byMarried: ['married', 'age'] } };
  const people = Array.from({ length: 1200 }, (_, n) => ({
    key: `${n}`,
    document: { name: 'An', age: n, married: n % 2 === 1 },
  }));
  await before.putMany(byName, [...people, { key: 'ageless', document: { name: 'An' } }]);
  assert.equal((await after.find(byAge, 'byAge', { limit: 5000 })).length, 1201);
  assert.equal((await after.find(byAge, 'byMarried', { equals: [1], from: 100 })).length, 550);
  assert.deepEqual(
    await after.countBy(byAge, 'byMarried'),
    new Map([
      [0, 600],
      [1, 600],
    ]),
  );
  await after.put(byAge, { key: 'late', document: { name: 'Bình', age: 1 } });
  assert.equal((await before.find(byName, 'byName', { equals: ['Bình'] })).length, 1);
});

test('an index that stands under another name serves as well', async (t) => {
  const place = newStore(t);
  await (await place.open()).declare({ name: 'people', indexes: { old: ['name' as never] } });
  const renamed: Collection<Person> = { name: 'people', indexes: { byName: ['name'] } };
  const store = await place.open();
  await store.put(renamed, { key: 'a', document: { name: 'An' } });
  assert.equal((await store.find(renamed, 'byName', { equals: ['An'] })).length, 1);
});
