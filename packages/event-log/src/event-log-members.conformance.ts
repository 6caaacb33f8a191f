import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@quantrac/conformance/eventually';
import {
  collector,
  type GroupAnswer,
  type GroupRequest,
  joinGroup,
  type NewLog,
  numbered,
  numberOf,
  numbers,
  publish,
  upTo,
} from './conformance-deeds.ts';
import type { Batch, EventLog, Positions, Topic } from './event-log.ts';

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

/** What a log promises when a group has several members. */
export function memberConformance(newLog: NewLog): void {
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

  test('gives what a member had to the others as it leaves, not once its lease has run out', async (t) => {
    const place = newLog(t);
    const log = await place.open();
    const leaseMs = 300_000;
    const taken: number[] = [];
    const join = async () => {
      const take = async ({ records }: Batch) => void taken.push(...records.map(numberOf));
      return (await collector(await place.open({ leaseMs }), { handle: take })).subscription;
    };
    const leaver = await join();
    await eventually(() => leaver.health().active);
    await join();
    await leaver.close();
    for (const number of upTo(50)) await publish(log, number);
    await eventually(() => new Set(taken).size === 50);
  });

  test('keeps the partitions of a member whose handler takes longer than the lease', async (t) => {
    const place = newLog(t);
    const log = await place.open({ leaseMs: 800 });
    const taken: number[] = [];
    const slowly = async ({ records }: Batch) => {
      await sleep(1600);
      taken.push(...records.map(numberOf));
    };
    const first = await collector(log, { handle: slowly });
    await eventually(() => first.subscription.health().active);
    await collector(await place.open({ leaseMs: 800 }), { handle: slowly });
    // until they have shared out the partitions, if they do
    await sleep(1000);
    await eventually(() => first.subscription.health().active);
    await publish(log, 0);
    await eventually(() => taken.length > 0);
    await sleep(1800);
    assert.deepEqual(taken, [0]);
  });

  test('gives the partitions of a member that stands still to its successor, and back by what the group has stored', async (t) => {
    const place = newLog(t);
    const producer = await place.open();
    const store = groupStore();
    const [writes, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = place.elsewhere('follow', null, {
      options: { service: 'beta', leaseMs: 800 },
      async answer(request) {
        const asked = request as GroupRequest;
        if (asked.ask === 'commit' && asked.numbers.includes(2)) {
          writes.resolve();
          await mayGoOn.promise;
        }
        return store.answer(asked);
      },
    });
    await holder.hear(1);
    await publish(producer, 0, 1);
    await eventually(() => store.taken.length === 2);
    await publish(producer, 2);
    await writes.promise;

    const log = await place.open({ service: 'beta', leaseMs: 800 });
    await standStill(holder, log);
    const successor = await joinGroup(log, async (request) => store.answer(request));
    await eventually(() => store.taken.length === 3);
    holder.signal('SIGCONT');
    mayGoOn.resolve();
    for (const number of upTo(20, 3)) await publish(producer, number);
    await eventually(() => store.taken.length === 23);
    await eventually(() => store.refused.length === 1);

    await successor.close();
    await publish(producer, 23);
    await eventually(() => store.taken.length === 24);
    assert.deepEqual(store.taken, upTo(24));
    assert.deepEqual(store.refused, [[2]]);
  });

  test('gives nothing more to a member that stood still while it waited and has lost its partitions', async (t) => {
    const place = newLog(t);
    const producer = await place.open();
    const store = groupStore();
    const holder = place.elsewhere('follow', null, {
      options: { service: 'beta', leaseMs: 800 },
      answer: (request) => store.answer(request as GroupRequest),
    });
    await holder.hear(1);
    await publish(producer, 0);
    await eventually(() => store.taken.length === 1);
    const log = await place.open({ service: 'beta', leaseMs: 800 });
    await standStill(holder, log);
    await joinGroup(log, async (request) => store.answer(request));
    await publish(producer, 1);
    await eventually(() => store.taken.length === 2);
    holder.signal('SIGCONT');
    for (const number of upTo(20, 2)) await publish(producer, number);
    await eventually(() => store.taken.length === 22);
    await sleep(300);
    assert.deepEqual(store.taken, upTo(22));
    assert.deepEqual(store.refused, []);
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
