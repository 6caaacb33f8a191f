import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@quantrac/conformance/eventually';
import {
  at,
  collector,
  type NewLog,
  numbered,
  numberOf,
  numbers,
  publish,
  readAll,
  upTo,
} from './conformance-deeds.ts';
import type { Topic } from './event-log.ts';

/** What a log promises to those who read it as a group. */
export function groupConformance(newLog: NewLog): void {
  test('gives a group every record in order, those that are there and those that come', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, ...upTo(10));
    const { taken, batches, subscription } = await collector(await place.open({ service: 'beta' }), { maxRecords: 4 });
    await eventually(() => taken.length === 10);
    for (const number of upTo(10, 10)) await publish(log, number);
    await eventually(() => taken.length === 20);
    assert.deepEqual(taken, upTo(20));
    assert.ok(batches.every(({ records }) => records.length <= 4));
    const [part] = Object.keys(batches[0]!.positions);
    assert.equal(batches.at(-1)!.positions[part!], (await log.end(numbers))[part!]);
    assert.deepEqual(subscription.health(), { active: true });
  });

  test('begins where the group says that it stands, between any two records', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, ...upTo(5));
    await publish(log, ...upTo(5, 5));
    for (const [start, record] of (await readAll(log, numbers)).entries()) {
      const { taken, subscription } = await collector(log, {
        positions: async () => ({ ...at(record), 'quantrac.unknown.v1': 'whatever' }),
      });
      await eventually(() => taken.length === 10 - start);
      assert.deepEqual(taken, upTo(10 - start, start));
      await subscription.close();
    }
  });

  test('waits for a producer that has not begun', async (t) => {
    const place = newLog(t);
    const { taken } = await collector(await place.open({ service: 'beta' }));
    await publish(await place.open(), 0, 1);
    await eventually(() => taken.length === 2);
  });

  test('waits for no record in a topic that its own service may publish some day', async (t) => {
    const log = await newLog(t).open();
    const silent: Topic = { ...numbers, name: 'quantrac.silent.v1' };
    const { taken } = await collector(log, { topics: [numbers, silent] });
    await publish(log, 0, 1);
    await eventually(() => taken.length === 2);
  });

  test('gives the same records again, and none behind them, after a handler that failed', async (t) => {
    const log = await newLog(t).open();
    await publish(log, ...upTo(9));
    const tries: number[][] = [];
    const { taken, subscription } = await collector(log, {
      maxRecords: 3,
      async handle({ records }) {
        tries.push(records.map(numberOf));
        if (tries.length === 2 || tries.length === 3) throw new Error('not now');
        taken.push(...records.map(numberOf));
      },
    });
    await eventually(() => tries.length === 2 && subscription.health().lastError === 'not now');
    await eventually(() => taken.length === 9);
    assert.deepEqual(tries, [upTo(3), upTo(3, 3), upTo(3, 3), upTo(3, 3), upTo(3, 6)]);
    assert.deepEqual(taken, upTo(9));
    await eventually(() => subscription.health().lastError === undefined);
  });

  test('reads several topics, starves none of them, and keeps the order in each', async (t) => {
    const place = newLog(t);
    const [alpha, gamma] = [await place.open(), await place.open({ service: 'gamma' })];
    const others: Topic = { ...numbers, name: 'quantrac.others.v1', producer: 'gamma' };
    await publish(alpha, ...upTo(300));
    await gamma.publish(
      others,
      upTo(30).map((n) => numbered(n)),
    );
    const seen: { topic: string; number: number }[] = [];
    await collector(await place.open({ service: 'beta' }), {
      topics: [numbers, others],
      maxRecords: 20,
      async handle({ records }) {
        assert.ok(records.length <= 20);
        seen.push(...records.map((record) => ({ topic: record.topic, number: numberOf(record) })));
      },
    });
    await eventually(() => seen.length === 330);
    const of = (topic: string) => seen.filter((one) => one.topic === topic).map(({ number }) => number);
    assert.deepEqual(of(numbers.name), upTo(300));
    assert.deepEqual(of(others.name), upTo(30));
    assert.ok(seen.findLastIndex(({ topic }) => topic === others.name) < 200);
  });

  test('says how many records a group has not taken yet', async (t) => {
    const log = await newLog(t).open();
    let allow = () => {};
    const allowed = new Promise<void>((resolve) => {
      allow = resolve;
    });
    await collector(log, { handle: () => allowed });
    for (const number of upTo(5)) await publish(log, number);
    const behind = async () => (await log.behind()).find(({ topic }) => topic === numbers.name)?.records;
    await eventually(async () => (await behind()) === 5);
    allow();
    await eventually(async () => (await behind()) === 0);
  });

  test('tells a group that its position is lost, and goes on where the group answers', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, 0, 1, 2);
    const [first] = await readAll(log, numbers);
    await log.retain({ ...numbers, retentionDays: -1 });
    await publish(log, 3);
    const end = await log.end(numbers);
    const told: string[][] = [];
    const { taken } = await collector(log, {
      positions: async () => at(first!),
      async onPositionLost(topic, stored) {
        told.push([topic, stored]);
        return end;
      },
    });
    await eventually(() => told.length === 1);
    await publish(log, 4);
    await eventually(() => taken.length === 1);
    assert.deepEqual(taken, [4]);
    assert.deepEqual(told, [[numbers.name, first!.position]]);
  });

  test('keeps the newest record of each key of a compacted topic, however old it is', async (t) => {
    const log = await newLog(t).open();
    const kept = { ...numbers, name: 'quantrac.kept.v1', compacted: true, retentionDays: -1 };
    await log.publish(kept, [numbered(1, 'a'), numbered(2, 'b'), numbered(3, 'a')]);
    assert.equal(await log.retain(kept), 0);
    const newest = new Map((await readAll(log, kept)).map((record) => [record.key, numberOf(record)]));
    assert.deepEqual(Object.fromEntries(newest), { a: 3, b: 2 });
  });

  test('tells a group that comes when the first records are gone already', async (t) => {
    const log = await newLog(t).open();
    await publish(log, 0, 1, 2);
    await log.retain({ ...numbers, retentionDays: -1 });
    await publish(log, 3);
    const told: string[] = [];
    const { taken } = await collector(log, {
      async onPositionLost(topic) {
        const end = await log.end(numbers);
        told.push(topic);
        return end;
      },
    });
    await eventually(() => told.length === 1);
    await publish(log, 4);
    await eventually(() => taken.length === 1);
    assert.deepEqual([told, taken], [[numbers.name], [4]]);
  });

  test('finishes the batch in hand before it closes, and gives none after', async (t) => {
    const log = await newLog(t).open();
    await publish(log, ...upTo(10));
    let finished = 0;
    const { subscription } = await collector(log, {
      maxRecords: 1,
      async handle() {
        await sleep(50);
        finished++;
      },
    });
    await sleep(120);
    await subscription.close();
    const then = finished;
    assert.ok(then > 0 && then < 10);
    await sleep(120);
    assert.equal(finished, then);
  });
}
