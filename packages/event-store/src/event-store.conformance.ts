import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nobodyStarves } from '@quantrac/conformance/eight-instances';
import type { NewStore } from '@quantrac/conformance/store-under-test';
import { isFault } from '@quantrac/event-sourcing';
import { type Noted, note, noteAnyhow, noted } from './conformance-deeds.ts';
import type { Commit, EventStore } from './event-store.ts';

const isConflict = (error: unknown) => isFault(error) && error.kind === 'conflict';
const bare = { commandId: 'command', metadata: {} };
const everything = (store: EventStore) => store.readAll<Noted>(0, 1_000_000);
const inPages = async (store: EventStore, after: number, limit: number): Promise<Commit<Noted>[]> => {
  const read: Commit<Noted>[] = [];
  for (;;) {
    const page = await store.readAll<Noted>(read.at(-1)?.position ?? after, limit);
    if (page.length === 0) return read;
    read.push(...page);
  }
};
const numbered = (count: number) => Array.from({ length: count }, (_, number) => number);

/** What an event store promises, on every adapter. */
export function conformance(name: string, newStore: NewStore<EventStore>): void {
  describe(`an event store on ${name}`, () => {
    test('knows an unwritten stream as empty, at version 0', async (t) => {
      const store = await newStore(t).open();
      assert.deepEqual(await store.read('station/none', 'command'), { version: 0, events: [] });
    });

    test('gives back what was appended, after it was opened again', async (t) => {
      const place = newStore(t);
      const events = [noted('một', 1), noted('một', 2)];
      const metadata = { account: 'tài khoản', organisation: 'department' };
      const first = await place.open();
      assert.equal(await first.append('station/a', 0, events, { commandId: 'c1', metadata }), 2);
      assert.equal(await first.append('station/a', 2, [noted('hai', 3)], { commandId: 'c2', metadata: {} }), 3);
      await place.close();
      const store = await place.open();
      assert.deepEqual(await store.read('station/a'), { version: 3, events: [...events, noted('hai', 3)] });
      const [commit] = await store.readAll(0, 1);
      const { position, ...rest } = commit!;
      assert.ok(position > 0);
      assert.deepEqual(rest, { streamId: 'station/a', fromVersion: 0, events, commandId: 'c1', metadata });
    });

    test('refuses an append at another version than expected, whole', async (t) => {
      const store = await newStore(t).open();
      await note(store, 'station/a', 0, noted('a', 0));
      for (const expected of [0, 2])
        await assert.rejects(store.append('station/a', expected, [noted('b', 0), noted('b', 1)], bare), isConflict);
      assert.equal((await everything(store)).length, 1);
    });

    test('answers the same command id with the first result and appends nothing', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const command = { commandId: 'same', metadata: {} };
      assert.equal(await store.append('station/a', 0, [noted('a', 0), noted('a', 1)], command), 2);
      await note(store, 'station/a', 2, noted('b', 0));
      const second = await place.open();
      assert.equal(await second.append('station/a', 0, [noted('a', 0), noted('a', 1)], command), 2);
      assert.equal(await second.append('station/a', 3, [noted('other', 7)], command), 2);
      assert.equal(await second.append('station/a', 3, [], command), 2);
      assert.equal((await second.read('station/a', 'same')).answered, 2);
      assert.equal((await second.read('station/a', 'another')).answered, undefined);
      assert.equal((await second.read('station/a')).version, 3);
    });

    test('knows a command that led to no events by its id, and shows nothing of it', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      await note(store, 'station/a', 0, noted('a', 0));
      const command = { commandId: 'nothing to do', metadata: {} };
      await assert.rejects(store.append('station/a', 0, [], command), isConflict);
      assert.equal(await store.append('station/a', 1, [], command), 1);
      await note(store, 'station/a', 1, noted('a', 1));
      await place.close();
      const again = await place.open();
      assert.equal(await again.append('station/a', 2, [noted('late', 0)], command), 1);
      assert.equal((await again.read('station/a', 'nothing to do')).answered, 1);
      assert.equal((await again.read('station/b', 'nothing to do')).answered, undefined);
      assert.deepEqual((await again.read('station/a')).events, [noted('a', 0), noted('a', 1)]);
      assert.equal((await everything(again)).length, 2);
      assert.equal(await again.append('station/empty', 0, [], command), 0);
      assert.equal((await again.read('station/empty')).version, 0);
    });

    test('takes a command id that another stream knows for a new one', async (t) => {
      const store = await newStore(t).open();
      await store.append('station/a', 0, [noted('a', 0)], bare);
      assert.equal(await store.append('station/b', 0, [noted('b', 0)], bare), 1);
    });

    test('appends once when the same command comes many times at once', async (t) => {
      const place = newStore(t);
      const stores = [await place.open(), await place.open()];
      const answers = await Promise.all(
        numbered(20).map((n) => stores[n % 2]!.append('station/a', 0, [noted('a', 0)], bare)),
      );
      assert.deepEqual(new Set(answers), new Set([1]));
      assert.equal((await everything(stores[0]!)).length, 1);
    });

    test('lets exactly one of many appends at the same version win, in one process and in two', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const alone = await Promise.allSettled(numbered(20).map((n) => note(store, 'alone', 0, noted('here', n))));
      assert.equal(alone.filter(({ status }) => status === 'fulfilled').length, 1);

      const streams = numbered(100).map((n) => `station/${n}`);
      const other = place.elsewhere('race', { by: 'there', streams });
      await other.hear(1);
      const won: string[] = [];
      for (const [number, stream] of streams.entries())
        await note(store, stream, 0, noted('here', number)).then(
          () => won.push(stream),
          (error) => assert.ok(isConflict(error)),
        );
      assert.equal(await other.ended, 0);
      assert.deepEqual([...won, ...other.said.slice(1)].sort(), streams.sort());
    });

    test('gives all commits in one order, wherever a reader cuts it', async (t) => {
      const store = await newStore(t).open();
      for (const number of numbered(30)) await noteAnyhow(store, `station/${number % 4}`, noted('a', number));
      const all = await everything(store);
      assert.deepEqual(
        all.map(({ events }) => events[0]!.data.number),
        numbered(30),
      );
      for (const start of all.keys())
        for (const limit of [1, 2, 3, 7, 29, 31])
          assert.deepEqual(await inPages(store, all[start - 1]?.position ?? 0, limit), all.slice(start));
    });

    test('shows a follower every commit once and in order while two processes write', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const streams = ['station/a', 'station/b', 'station/c'];
      const other = place.elsewhere('noteAnyhow', { by: 'there', streams, count: 200 });
      await other.hear(1);
      let writing = true;
      const done = (async () => {
        for (const number of numbered(200)) await noteAnyhow(store, streams[number % 3]!, noted('here', number));
        assert.equal(await other.ended, 0);
        writing = false;
      })();
      const followed: Commit<Noted>[] = [];
      for (let more = true; more; ) {
        more = writing;
        const page = await store.readAll<Noted>(followed.at(-1)?.position ?? 0, 50);
        followed.push(...page);
        more ||= page.length > 0;
      }
      await done;
      const all = await everything(store);
      assert.deepEqual(followed, all);
      for (const by of ['here', 'there'])
        assert.deepEqual(
          all.flatMap(({ events }) => events.filter(({ data }) => data.by === by).map(({ data }) => data.number)),
          numbered(200),
        );
      for (const stream of streams) {
        const versions = all.filter(({ streamId }) => streamId === stream).map(({ fromVersion }) => fromVersion);
        assert.deepEqual(versions, numbered(versions.length));
      }
    });

    test('holds everything that it acknowledged before a kill -9, and nothing twice', async (t) => {
      const place = newStore(t);
      const other = place.elsewhere('noteForEver', 'there');
      await other.hear(200);
      await other.kill();
      const store = await place.open();
      const { events, version } = await store.read<Noted>('there');
      assert.ok(version >= other.said.length);
      assert.deepEqual(
        events.map(({ data }) => data.number),
        numbered(version),
      );
      await note(store, 'there', version, noted('here', 0));
    });

    test('goes on from an earlier copy that was brought back', async (t) => {
      const place = newStore(t);
      await note(await place.open(), 'station/a', 0, noted('a', 0));
      await place.close();
      const bringBack = await place.copyAway();
      await note(await place.open(), 'station/a', 1, noted('a', 1));
      await place.close();
      await bringBack();
      const store = await place.open();
      assert.deepEqual(await store.read('station/a'), { version: 1, events: [noted('a', 0)] });
      assert.equal(await note(store, 'station/a', 1, noted('a', 1)), 2);
    });

    test('serves eight instances on a slow disk, and none starves', (t) =>
      nobodyStarves(t, newStore(t), (store, instance, number) =>
        note(store, `station/${instance}`, number, noted(`${instance}`, number)),
      ));
  });
}
