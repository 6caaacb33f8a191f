import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inWords, pacedWriters } from '@quantrac/conformance/paced-writers';
import type { NewStore } from '@quantrac/conformance/store-under-test';
import { day, HOUR, row, start } from './conformance-deeds.ts';
import { answersAsAList } from './rows-in-a-list.ts';
import type { Range, Row, TimeSeries } from './time-series.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const plain = (rows: readonly Row[]) => rows.map((one) => ({ ...one, value: Buffer.from(one.value).toString() }));
const same = (actual: readonly Row[], expected: readonly Row[]) => assert.deepEqual(plain(actual), plain(expected));
const always = { collection: 'checked', key: 'station/a', series: 'set', from: -Infinity, to: Infinity };

/** What a time series promises, on every adapter. */
export function conformance(name: string, newStore: NewStore<TimeSeries>): void {
  describe(`a time series on ${name}`, () => {
    test('gives back the rows that were inserted, after it was opened again', async (t) => {
      const place = newStore(t);
      const rows = [
        row({ value: Buffer.from(upTo(256)), type: 'loại' }),
        row({ time: start + 1, value: Buffer.alloc(0) }),
        row({ time: start + 30 * 24 * HOUR, value: Buffer.alloc(1_000_000, 'x') }),
        row({ time: start + 31 * 24 * HOUR, knownAt: start, version: 7 }),
      ];
      assert.equal(await (await place.open()).insert(rows), 4);
      await place.close();
      same(await (await place.open()).range(always), rows);
    });

    test('inserts what is absent by identity and version, and leaves what is there', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const rows = day();
      assert.equal(await store.insert(rows), 144);
      const others = rows.map((one) => ({ ...one, value: Buffer.from('other'), sequence: `${one.sequence}x` }));
      assert.equal(await store.insert(others), 0);
      assert.equal(
        await store.insert([...others, row({ version: 2 }), row({ series: 'other' }), row({ key: 'b' })]),
        3,
      );
      assert.equal(await store.insert([]), 0);
      same(
        (await store.range({ ...always, versions: 'all' })).filter(({ version }) => version === 1),
        rows,
      );
      assert.equal(await store.count('checked'), 147);
      assert.equal(await store.count('never heard of'), 0);
    });

    test('never lets the current version go down, in whatever order versions come', async (t) => {
      const store = await newStore(t).open();
      await store.insert(day());
      const time = start + 5 * HOUR;
      let highest = 1;
      for (const version of [3, 2, 5, 4]) {
        await store.insert([row({ time, version })]);
        highest = Math.max(highest, version);
        const [current] = await store.range({ ...always, from: time, to: time + 1 });
        assert.equal(current!.version, highest);
      }
      const versions = await store.range({ ...always, from: time, to: time + 1, versions: 'all' });
      assert.deepEqual(
        versions.map(({ version }) => version),
        [1, 2, 3, 4, 5],
      );
    });

    test('tells what was known at any moment, also by a clock that went back and forward a year', async (t) => {
      const store = await newStore(t).open();
      await store.insert(day());
      const time = start + 5 * HOUR;
      const knownAt = (version: number) => time + (version - 1) * HOUR;
      await store.insert([3, 2].map((version) => row({ time, version, knownAt: knownAt(version) })));
      const at = async (moment: number) =>
        (await store.range({ ...always, from: time, to: time + 1, knownAt: moment })).map(({ version }) => version);
      assert.deepEqual(await at(time - 1), []);
      assert.deepEqual(await at(time), [1]);
      assert.deepEqual(await at(knownAt(2) - 1), [1]);
      assert.deepEqual(await at(knownAt(2)), [2]);
      assert.deepEqual(await at(Infinity), [3]);
      const year = 365 * 24 * HOUR;
      await store.insert([
        row({ time, version: 4, knownAt: time - year }),
        row({ time, version: 5, knownAt: time + year }),
      ]);
      assert.deepEqual(await at(time - year), [4]);
      assert.deepEqual(await at(knownAt(3)), [4]);
      assert.deepEqual(await at(time + year), [5]);
      const known = await store.range({ ...always, to: time, knownAt: knownAt(2), versions: 'all' });
      assert.ok(known.every((one) => one.knownAt <= knownAt(2)) && known.length === 30);
    });

    test('gives a range from its begin to before its end, ascending by series, time and version', async (t) => {
      const store = await newStore(t).open();
      const rows = ['b', 'a', 'c'].flatMap((series) => day({ series }));
      await store.insert(rows.toReversed());
      await store.insert(day({ key: 'station/b' }));
      const [from, to] = [start + 2 * HOUR, start + 7 * HOUR + 1];
      const within = (series: string) =>
        rows.filter((one) => one.series === series && one.time >= from && one.time < to);
      same(await store.range({ ...always, series: 'b', from, to }), within('b'));
      same(await store.range({ ...always, series: undefined, from, to }), [
        ...within('a'),
        ...within('b'),
        ...within('c'),
      ]);
      same(await store.range({ ...always, series: 'b', from, to, limit: 9 }), within('b').slice(0, 9));
      same(await store.range({ ...always, series: undefined, limit: 150 }), [
        ...rows.slice(144, 288),
        ...rows.slice(0, 6),
      ]);
      for (const nothing of [{ series: 'none' }, { key: 'none' }, { collection: 'none' }, { to: start }, { limit: 0 }])
        same(await store.range({ ...always, ...nothing }), []);
    });

    test('answers many ranges in their order', async (t) => {
      const store = await newStore(t).open();
      const rows = day();
      await store.insert(rows);
      const ranges: Range[] = upTo(24).map((hour) => ({
        ...always,
        from: start + hour * HOUR,
        to: start + (hour + 1) * HOUR,
      }));
      const answers = await store.ranges(ranges.toReversed());
      same(answers.toReversed().flat(), rows);
      assert.deepEqual(await store.ranges([]), []);
    });

    test('tells which rows stand at the same identity and version with other bytes, and of nothing else', async (t) => {
      const store = await newStore(t).open();
      const value = Buffer.from('other');
      await store.insert([...day(), ...day({ version: 2 }), ...day({ series: 'mean' }), ...day({ key: 'station/b' })]);
      const changed = [
        row({ value }),
        row({ series: 'mean', time: start + 3 * HOUR, value: Buffer.alloc(0) }),
        row({ version: 2, time: start + 23 * HOUR, value }),
      ];
      const repeated = [row(), row({ version: 2, time: start + HOUR, type: 'Amended', knownAt: start + HOUR })];
      const absent = [{ version: 3 }, { time: start + 1 }, { series: 'none' }, { key: 'c' }, { collection: 'none' }];
      const twice = [row({ time: start + 2 }), row({ time: start + 2, value })];
      await store.insert([twice[0]!]);
      const found = await store.contradicted([
        ...repeated,
        changed[0]!,
        ...absent.map((differing) => row({ ...differing, value })),
        ...changed.slice(1),
        ...twice,
      ]);
      const expected = [...changed, twice[1]!];
      assert.ok(found.length === expected.length && found.every((one, index) => one === expected[index]));
      assert.deepEqual(await store.contradicted([]), []);
    });

    test('gives the newest row of each series at its highest version', async (t) => {
      const store = await newStore(t).open();
      const of = (series: string, key = 'station/a') => ({ collection: 'checked', key, series });
      await store.insert([...day({ series: 'a' }), row({ series: 'b', time: start }), ...day({ series: 'c' })]);
      await store.insert([row({ series: 'a', version: 9 }), row({ series: 'b', time: start, version: 2 })]);
      const found = await store.latest([of('b'), of('none'), of('a'), of('a', 'none')]);
      assert.deepEqual(
        found.map((one) => one && [one.series, one.time, one.version]),
        [['b', start, 2], undefined, ['a', start + 143 * (HOUR / 6), 1], undefined],
      );
      assert.deepEqual(await store.latest([]), []);
    });

    test('gives the history of a key by sequence, wherever a reader cuts it', async (t) => {
      const store = await newStore(t).open();
      const first = day().flatMap((one) => [one, row({ series: 'mean', time: one.time })]);
      const amended = upTo(20).map((n) => row({ time: start + n * HOUR, version: 2 }));
      const last = day({ series: 'late' });
      await store.insert(first);
      await store.insert([...last, ...amended]);
      await store.insert(day({ key: 'station/b' }));
      const history = [...first, ...amended, ...last].toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
      for (const limit of [1, 7, 50, 1000]) {
        const read: Row[] = [];
        for (let page: readonly Row[] = history; page.length > 0; read.push(...page))
          page = await store.history('checked', 'station/a', read.at(-1)?.sequence ?? '', limit);
        same(read, history);
      }
      same(await store.history('checked', 'none', '', 10), []);
    });

    test('gives the keys of a collection in order, wherever a reader cuts them', async (t) => {
      const store = await newStore(t).open();
      const keys = upTo(12).map((n) => `station/${String.fromCharCode(97 + n)}`);
      for (const key of keys.toReversed()) await store.insert(day({ key }).slice(0, 40));
      await store.insert([row({ collection: 'other', key: 'station/z' })]);
      for (const limit of [1, 5, 12, 100]) {
        const read: string[] = [];
        for (let page: readonly string[] = keys; page.length > 0; read.push(...page))
          page = await store.keys('checked', read.at(-1) ?? '', limit);
        assert.deepEqual(read, keys);
      }
      assert.deepEqual(await store.keys('none', '', 10), []);
    });

    test('answers like a plain list of rows, whatever is inserted and asked', async (t) => {
      await answersAsAList(await newStore(t).open());
    });

    test('inserts each row once when two processes insert the same', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const other = place.elsewhere('insertDay', 'station/a');
      await other.hear(1);
      let inserted = 0;
      for (const one of day()) inserted += await store.insert([one]);
      assert.equal(await other.ended, 0);
      assert.equal(inserted + (other.said[1] as number), 144);
      assert.equal(await store.count('checked'), 144);
    });

    test('holds everything that it acknowledged before a kill -9', async (t) => {
      const place = newStore(t);
      const other = place.elsewhere('insertForEver', 'station/a');
      await other.hear(60);
      await other.kill();
      const acknowledged = other.said.at(-1) as number;
      const times = (await (await place.open()).range(always)).map(({ time }) => (time - start) / HOUR);
      assert.ok(times.length >= acknowledged && times.length % 5 === 0);
      assert.deepEqual(times, upTo(times.length));
    });

    test('goes on from an earlier copy that was brought back', async (t) => {
      const place = newStore(t);
      const rows = day();
      await (await place.open()).insert(rows.slice(0, 100));
      await place.close();
      const bringBack = await place.copyAway();
      await (await place.open()).insert(rows.slice(100));
      await place.close();
      await bringBack();
      const store = await place.open();
      same(await store.range(always), rows.slice(0, 100));
      assert.equal(await store.insert(rows), 44);
      same(await store.range(always), rows);
    });

    test('serves eight paced writers on a slow disk', async (t) => {
      const store = await newStore(t).open({ slowDiskMs: 8 });
      const times = await pacedWriters({ writers: 8, rounds: 30, everyMs: 25 }, (writer, round) =>
        store.insert([row({ key: `${writer}`, time: start + round })]),
      );
      t.diagnostic(`eight paced writers, 8 ms a commit: ${inWords(times)}`);
      assert.ok(times.longest < 2000);
    });
  });
}
