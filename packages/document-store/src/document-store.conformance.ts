import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nobodyStarves } from '@quantrac/conformance/eight-instances';
import type { NewStore } from '@quantrac/conformance/store-under-test';
import { isFault } from '@quantrac/event-sourcing';
import { addOne, counters } from './conformance-deeds.ts';
import type { Collection, DocumentStore, Find } from './document-store.ts';

interface Station {
  readonly name: string;
  readonly province?: string;
  readonly opened?: number;
}

const stations: Collection<Station> = {
  name: 'stations',
  indexes: { 'by-province': ['province', 'opened'], byName: ['name'] },
};

const some: readonly Station[] = [
  { name: 'Cẩm Phả', province: '22', opened: 2019 },
  { name: 'Hạ Long', province: '22', opened: 2021 },
  { name: 'Uông Bí', province: '22', opened: 2021 },
  { name: 'Thủ Đức', province: '79', opened: 2020 },
  { name: 'unplaced' },
];

async function withStations(store: DocumentStore): Promise<DocumentStore> {
  await store.putMany(
    stations,
    some.map((document, at) => ({ key: `${at}`, document })),
  );
  return store;
}

const isConflict = (error: unknown) => isFault(error) && error.kind === 'conflict';
const isInvalid = (error: unknown) => isFault(error) && error.kind === 'invalid';

/** What a document store promises, on every adapter. */
export function conformance(name: string, newStore: NewStore<DocumentStore>): void {
  describe(`a document store on ${name}`, () => {
    test('gives back what was put, after it was opened again', async (t) => {
      const place = newStore(t);
      const document = { name: 'Trạm "số 1"\n\u0000', province: '01', opened: 2020.5, empty: {}, list: [1, null, 'a'] };
      assert.equal(await (await place.open()).put(stations, { key: 'trạm/1', document }), 1);
      await place.close();
      const store = await place.open();
      assert.deepEqual(await store.get(stations, 'trạm/1'), { key: 'trạm/1', revision: 1, document });
      assert.equal(await store.get(stations, 'trạm/2'), undefined);
      assert.equal(await store.get(counters, 'trạm/1'), undefined);
    });

    test('replaces a document only at the revision that the writer saw', async (t) => {
      const store = await newStore(t).open();
      const put = (count: number, expected: number | undefined) =>
        store.put(counters, { key: 'a', document: { count, by: 'here' }, expected });
      await assert.rejects(put(1, 1), isConflict);
      assert.equal(await put(1, 0), 1);
      await assert.rejects(put(9, 0), isConflict);
      assert.equal(await put(2, 1), 2);
      await assert.rejects(put(9, 1), isConflict);
      await assert.rejects(put(9, 3), isConflict);
      assert.equal(await put(3, undefined), 3);
      assert.deepEqual((await store.get(counters, 'a'))?.document.count, 3);
    });

    test('says for each of many puts whether it won, and keeps those that did', async (t) => {
      const store = await newStore(t).open();
      await store.put(counters, { key: 'b', document: { count: 1, by: 'here' } });
      const put = (key: string, expected?: number) => ({ key, document: { count: 7, by: 'here' }, expected });
      assert.deepEqual(await store.putMany(counters, [put('a', 0), put('b', 0), put('b', 1), put('c')]), [
        1,
        undefined,
        2,
        1,
      ]);
      assert.deepEqual(
        (await store.list(counters)).map(({ key, revision }) => [key, revision]),
        [
          ['a', 1],
          ['b', 2],
          ['c', 1],
        ],
      );
    });

    test('lets exactly one of many concurrent writers win each revision', async (t) => {
      const place = newStore(t);
      const stores = [await place.open(), await place.open()];
      for (let revision = 0; revision < 5; revision++) {
        const writers = Array.from({ length: 20 }, (_, writer) =>
          stores[writer % 2]!.put(counters, {
            key: 'a',
            document: { count: writer, by: 'here' },
            expected: revision,
          }),
        );
        const won = (await Promise.allSettled(writers)).flatMap(({ status }, writer) =>
          status === 'fulfilled' ? [writer] : [],
        );
        assert.equal(won.length, 1);
        const stored = { key: 'a', revision: revision + 1, document: { count: won[0]!, by: 'here' } };
        assert.deepEqual(await stores[0]!.get(counters, 'a'), stored);
      }
    });

    test('loses no update of two processes that write the same document', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const other = place.elsewhere('addOnes', { key: 'a', times: 200 });
      await other.hear(1);
      for (let time = 0; time < 200; time++) await addOne(store, 'a', 'here');
      assert.equal(await other.ended, 0);
      const { revision, document } = (await store.get(counters, 'a'))!;
      assert.deepEqual([revision, document.count], [400, 400]);
    });

    test('gives those of many keys that are there', async (t) => {
      const store = await withStations(await newStore(t).open());
      const found = await store.getMany(stations, ['3', 'none', '0']);
      assert.deepEqual(found.map(({ key }) => key).sort(), ['0', '3']);
      assert.deepEqual(await store.getMany(stations, []), []);
    });

    test('finds by a declared index, in its order', async (t) => {
      const store = await withStations(await newStore(t).open());
      const names = async (index: string, find: Find) =>
        (await store.find(stations, index, find)).map(({ document }) => document.name);
      assert.deepEqual(await names('by-province', { equals: ['22'] }), ['Cẩm Phả', 'Hạ Long', 'Uông Bí']);
      assert.deepEqual(await names('by-province', { equals: ['22', 2021] }), ['Hạ Long', 'Uông Bí']);
      assert.deepEqual(await names('by-province', { equals: ['22'], from: 2020 }), ['Hạ Long', 'Uông Bí']);
      assert.deepEqual(await names('by-province', { equals: ['22'], from: 2019, to: 2021 }), ['Cẩm Phả']);
      assert.deepEqual(await names('by-province', { equals: ['22'], descending: true, limit: 2 }), [
        'Uông Bí',
        'Hạ Long',
      ]);
      assert.deepEqual(await names('by-province', { from: '23' }), ['Thủ Đức']);
      assert.deepEqual(await names('byName', { equals: ['unplaced'] }), ['unplaced']);
      assert.deepEqual(await names('byName', { equals: ["' OR 1 = 1"] }), []);
    });

    test('finds a document by what it holds now, and not at all once it was removed', async (t) => {
      const store = await withStations(await newStore(t).open());
      await store.put(stations, { key: '3', document: { name: 'Thủ Đức', province: '22', opened: 1999 } });
      await store.remove(stations, '0');
      await store.remove(stations, 'never there');
      const found = await store.find(stations, 'by-province', { equals: ['22'] });
      assert.deepEqual(
        found.map(({ key }) => key),
        ['3', '1', '2'],
      );
      assert.deepEqual(await store.find(stations, 'by-province', { equals: ['79'] }), []);
      assert.equal(await store.count(stations), 4);
      assert.equal(await store.put(stations, { key: '0', document: some[0]!, expected: 0 }), 1);
    });

    test('counts by a field of an index, also under what must be equal', async (t) => {
      const store = await withStations(await newStore(t).open());
      const of = async (...equals: string[]) =>
        Object.fromEntries(await store.countBy(stations, 'by-province', equals));
      assert.deepEqual(await of(), { 22: 3, 79: 1 });
      assert.deepEqual(await of('22'), { 2019: 1, 2021: 2 });
      assert.deepEqual(await of('01'), {});
      await assert.rejects(store.countBy(stations, 'by-river'), isInvalid);
      await assert.rejects(store.countBy(stations, 'by-province', ['22', 2021]), isInvalid);
    });

    test('refuses an index that was not declared, or more values than it has fields', async (t) => {
      const store = await withStations(await newStore(t).open());
      await assert.rejects(store.find(stations, 'by-river', {}), isInvalid);
      await assert.rejects(store.find(stations, 'by-province', { equals: ['22', 2021, 'x'] }), isInvalid);
      await assert.rejects(store.find(stations, 'by-province', { equals: ['22', 2021], from: 1 }), isInvalid);
    });

    test('names an index that stands with other fields, and takes a new one over what is there', async (t) => {
      const place = newStore(t);
      await withStations(await place.open());
      await place.close();
      const store = await place.open();
      const changed = { ...stations, indexes: { 'by-province': ['opened'] } } as const;
      await assert.rejects(
        store.count(changed),
        (error) => isFault(error, 'IndexChanged') && error.message.includes('by-province of stations'),
      );
      const added = { ...stations, indexes: { byOpening: ['opened', 'province'] } } as const;
      const found = await (await place.open()).find(added, 'byOpening', { from: 2020, to: 2021 });
      assert.deepEqual(
        found.map(({ key }) => key),
        ['3'],
      );
    });

    test('lists documents in key order, wherever a reader cuts the list', async (t) => {
      const store = await newStore(t).open();
      const keys = Array.from({ length: 20 }, (_, n) => `${n}`.padStart(3, '0'));
      for (const key of keys.toReversed()) await store.put(counters, { key, document: { count: 0, by: key } });
      for (const limit of [1, 3, 19, 20, 21]) {
        const listed: string[] = [];
        for (let page = keys; page.length > 0; ) {
          page = (await store.list(counters, { after: listed.at(-1) ?? '', limit })).map(({ key }) => key);
          listed.push(...page);
        }
        assert.deepEqual(listed, keys);
      }
      assert.equal(await store.count(counters), 20);
    });

    test('holds everything that it acknowledged before a kill -9', async (t) => {
      const place = newStore(t);
      const other = place.elsewhere('putForEver', 'a');
      await other.hear(200);
      await other.kill();
      const { revision, document } = (await (await place.open()).get(counters, 'a'))!;
      assert.ok(revision >= (other.said.at(-1) as number));
      assert.equal(document.count, revision);
    });

    test('goes on from an earlier copy that was brought back', async (t) => {
      const place = newStore(t);
      await addOne(await place.open(), 'a', 'here');
      await place.close();
      const bringBack = await place.copyAway();
      await addOne(await place.open(), 'a', 'here');
      await place.close();
      await bringBack();
      const store = await place.open();
      assert.equal((await store.get(counters, 'a'))?.revision, 1);
      await addOne(store, 'a', 'here');
      assert.equal((await store.get(counters, 'a'))?.revision, 2);
    });

    test('serves eight instances on a slow disk, and none starves', (t) =>
      nobodyStarves(t, newStore(t), (store, instance, number) =>
        store.put(counters, { key: `${instance}`, document: { count: number, by: 'here' }, expected: number }),
      ));
  });
}
