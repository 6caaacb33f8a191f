import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type GroupAnswer,
  type GroupRequest,
  joinGroup,
  numbered,
  numberOf,
  numbers,
  readAll,
} from './conformance-deeds.ts';
import type { NewLog } from './event-log.conformance.ts';
import type { Batch, EventLog, Positions, SubscribeOptions, Topic } from './event-log.ts';

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const publish = (log: EventLog, ...all: number[]) =>
  log.publish(
    numbers,
    all.map((number) => numbered(number)),
  );

async function eventually(met: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 10_000;
  while (!(await met())) {
    assert.ok(performance.now() < patience, 'has not come to pass in ten seconds');
    await sleep(5);
  }
}

/** A member that remembers what it was given, from the first kept record unless said. */
async function collector(log: EventLog, options: Partial<SubscribeOptions> = {}) {
  const taken: number[] = [];
  const batches: Batch[] = [];
  const subscription = await log.subscribe({
    group: 'collectors',
    topics: [numbers],
    positions: async () => ({}),
    onPositionLost: () => Promise.reject(new Error('no position is lost here')),
    async handle(batch) {
      batches.push(batch);
      taken.push(...batch.records.map(numberOf));
    },
    ...options,
  });
  return { taken, batches, subscription };
}

/** The group's own store: takes numbers and positions together, at the revision that the member saw. */
function groupStore() {
  const taken: number[] = [];
  let positions: Positions = {};
  let revision = 0;
  return {
    taken,
    refused: [] as (readonly number[])[],
    answer(request: GroupRequest): GroupAnswer {
      if (request.ask === 'positions') return { revision, positions };
      if (request.seen !== revision) {
        this.refused.push(request.numbers);
        return { revision: undefined, positions };
      }
      revision++;
      taken.push(...request.numbers);
      positions = { ...positions, ...request.positions };
      return { revision, positions };
    },
  };
}

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
    assert.deepEqual(batches.at(-1)!.positions, await log.end(numbers));
    assert.deepEqual(subscription.health(), { active: true });
  });

  test('begins where the group says that it stands, between any two records', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, ...upTo(5));
    await publish(log, ...upTo(5, 5));
    for (const [start, { position }] of (await readAll(log, numbers, undefined)).entries()) {
      const { taken, subscription } = await collector(log, {
        positions: async () => ({ [numbers.name]: position, 'quantrac.unknown.v1': 'whatever' }),
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

  test('tells a group that its position is lost, and goes on where the group answers', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    await publish(log, 0, 1, 2);
    const [first] = await readAll(log, numbers, undefined);
    await log.retain({ ...numbers, retentionDays: -1 });
    await publish(log, 3);
    const end = await log.end(numbers);
    const told: string[][] = [];
    const { taken } = await collector(log, {
      positions: async () => ({ [numbers.name]: first!.position }),
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

  test('gives each record to one member of a group, and all to the one that is left', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    const store = groupStore();
    const members = await Promise.all(
      [await place.open(), await place.open()].map((one) => joinGroup(one, async (request) => store.answer(request))),
    );
    await eventually(() => members.some((member) => member.health().active));
    for (const number of upTo(50)) await publish(log, number);
    await eventually(() => store.taken.length === 50);
    await members.find((member) => member.health().active)!.close();
    for (const number of upTo(50, 50)) await publish(log, number);
    await eventually(() => store.taken.length === 100);
    assert.deepEqual(store.taken, upTo(100));
    assert.deepEqual(store.refused, []);
  });

  test('keeps the partitions of a member whose handler takes longer than the lease', async (t) => {
    const place = newLog(t);
    const log = await place.open({ leaseMs: 400 });
    const first = await collector(log, {
      async handle({ records }) {
        await sleep(1000);
        first.taken.push(...records.map(numberOf));
      },
    });
    await eventually(() => first.subscription.health().active);
    const second = await collector(await place.open({ leaseMs: 400 }));
    await publish(log, 0);
    await eventually(() => first.taken.length === 1);
    assert.deepEqual(second.taken, []);
  });

  test('gives the partitions of a member that stands still to its successor, and back by what the group has stored', async (t) => {
    const place = newLog(t);
    const producer = await place.open();
    const store = groupStore();
    let letHoldersWriteReachUs = () => {};
    const holdersWrite = new Promise<void>((resolve) => {
      letHoldersWriteReachUs = resolve;
    });
    const holder = place.elsewhere('follow', null, {
      options: { service: 'beta', leaseMs: 800 },
      async answer(request) {
        const asked = request as GroupRequest;
        if (asked.ask === 'commit' && asked.numbers.includes(2)) await holdersWrite;
        return store.answer(asked);
      },
    });
    await holder.hear(1);
    await publish(producer, 0, 1);
    await eventually(() => store.taken.length === 2);
    await publish(producer, 2);
    await sleep(100);

    const log = await place.open({ service: 'beta', leaseMs: 800 });
    await standStill(holder, log);
    const successor = await joinGroup(log, async (request) => store.answer(request));
    await eventually(() => store.taken.length === 3);
    holder.signal('SIGCONT');
    letHoldersWriteReachUs();
    for (const number of upTo(20, 3)) await publish(producer, number);
    await eventually(() => store.taken.length === 23);
    await eventually(() => store.refused.length === 1);

    await successor.close();
    await publish(producer, 23);
    await eventually(() => store.taken.length === 24);
    assert.deepEqual(store.taken, upTo(24));
    assert.deepEqual(store.refused, [[2]]);
  });
}

/** Stops a process, but not while it holds the file in the middle of a write. */
async function standStill(holder: { signal(name: NodeJS.Signals): void }, log: EventLog): Promise<void> {
  const probe: Topic = { ...numbers, name: 'quantrac.probe.v1', producer: 'beta' };
  for (;;) {
    holder.signal('SIGSTOP');
    const written = log.publish(probe, [numbered(0)]).then(() => true);
    if (await Promise.race([written, sleep(300, false)])) return;
    holder.signal('SIGCONT');
    await written;
  }
}
