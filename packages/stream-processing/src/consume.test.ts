import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@quantrac/conformance/eventually';
import type { LogRecord, Topic } from '@quantrac/event-log';
import { consume } from './consume.ts';
import { positionsCollection } from './step-store.ts';
import { adding, numberRecord, numbers, rejected, stepStoreOf, sums, toldOf } from './testing/adding.ts';
import { failing } from './testing/failing.ts';
import { addingStep, openedStores } from './testing/opened.ts';

async function opened(t: TestContext) {
  const stores = await openedStores(t);
  const faults = failing();
  const store = await stepStoreOf('sqlite', stores.database, stores);
  /** Everything that was ever published, as its owner's store has it. */
  const published: LogRecord[] = [];
  const histories: string[] = [];
  const publish = async (...records: readonly LogRecord[]) => {
    await stores.log.publish(numbers, records);
    published.push(...records);
  };
  const start = () => {
    const step = faults.watched(addingStep(stores, store));
    return consume({
      processor: adding,
      step,
      store,
      rejected,
      async *history(topic) {
        histories.push(topic);
        const all = [...published];
        for (let at = 0; at < all.length; at += 2) yield all.slice(at, at + 2);
      },
    });
  };
  const all = async (of: Topic) => (await stores.log.read(of, {}, 1e6)).records;
  const reached = (sum: number, key = 'a') =>
    eventually(async () => {
      const total = await stores.documents.get<{ sum: number }>({ name: 'totals' }, key);
      return total?.document.sum === sum;
    });
  return { stores, faults, publish, start, all, reached, histories };
}

const add = (revision: number, number: number) => numberRecord('a', revision, { time: revision, add: number });
const garbage: LogRecord = { ...add(2, 0), value: Buffer.from('{"time":2,') };
const nameless: LogRecord = { key: 'a', headers: { ce_type: 'Number' }, value: Buffer.from('{}') };

describe('what follows its topics', () => {
  it('takes a record whose value and headers have more than it knows', async (t) => {
    const { publish, start, all, reached } = await opened(t);
    const value = Buffer.from(JSON.stringify({ time: 1, add: 5, unit: { of: 'later' }, notes: [{ by: 'later' }] }));
    await publish({ ...add(1, 0), value, headers: { ...add(1, 0).headers, ce_dataschema: 'later', other: 'x' } });
    const following = await start();
    await reached(5);
    await following.close();
    assert.deepEqual(await all(rejected), []);
  });

  it('sets aside what it cannot read, with bytes, position and reason, and takes the rest', async (t) => {
    const { publish, start, all, reached } = await opened(t);
    await publish(add(1, 1), garbage, nameless, add(3, 4), numberRecord('a', 4, { time: 4, add: 100 }, 'Other'));
    const following = await start();
    await reached(5);
    await following.close();
    const aside = await all(rejected);
    const positions = (await all(numbers)).map(({ position }) => position);
    assert.deepEqual(
      aside.map(({ value, headers }) => [Buffer.from(value).toString(), headers.quantrac_position, headers.ce_id]),
      [
        ['{"time":2,', positions[1], garbage.headers.ce_id],
        ['{}', positions[2], undefined],
      ],
    );
    assert.deepEqual(
      aside.map(({ headers }) => headers.quantrac_code),
      ['RecordUnreadable', 'EnvelopeIncomplete'],
    );
    assert.match(aside[0]!.headers.quantrac_reason!, /JSON/);
    assert.match(aside[1]!.headers.quantrac_reason!, /lacks one of ce_id/);
  });

  for (const when of ['before it is done', 'after it was done'] as const)
    it(`takes each record once when taking a batch with something unreadable in it fails ${when}`, async (t) => {
      const { stores, faults, publish, start, all, reached } = await opened(t);
      await publish(add(1, 1), garbage, add(3, 4));
      // finishAll is the first call, the batch the second
      faults.failAt(2, when);
      const following = await start();
      await eventually(() => faults.calls() >= 3);
      await reached(5);
      await following.close();
      const contents = (await all(rejected)).map(({ value }) => Buffer.from(value).toString());
      assert.deepEqual(new Set(contents), new Set(['{"time":2,']));
      assert.equal((await toldOf(stores, 'a')).rows.length, 4);
      assert.equal((await all(sums)).length, 2);
    });

  it('reads History where its position is lost, takes what it had not, and follows from there', async (t) => {
    const { stores, publish, start, all, reached, histories } = await opened(t);
    await publish(add(1, 1), add(2, 2), add(3, 4));
    const before = await start();
    await reached(7);
    await before.close();
    await publish(add(4, 8), add(5, 16));
    await stores.log.retain({ ...numbers, retentionDays: -1 });
    await publish(add(6, 32));

    const after = await start();
    await reached(63);
    await eventually(async () => {
      const { at } = (await stores.documents.get(positionsCollection, 'adding'))!.document;
      return JSON.stringify(at) === JSON.stringify(await stores.log.end(numbers));
    });
    await publish(add(7, 64));
    await reached(127);
    await after.close();
    assert.deepEqual(histories, [numbers.name]);
    assert.deepEqual(
      (await all(sums)).map(({ value }) => JSON.parse(Buffer.from(value).toString()).sum),
      [1, 3, 7, 15, 31, 63, 127],
    );
    const stored = await stores.documents.get(positionsCollection, 'adding');
    assert.deepEqual(stored?.document.at, await stores.log.end(numbers));
  });

  it('comes too late for the first records: they are in History', async (t) => {
    const { stores, publish, start, reached, histories } = await opened(t);
    await publish(add(1, 1), add(2, 2));
    await stores.log.retain({ ...numbers, retentionDays: -1 });
    await publish(add(3, 4));
    const following = await start();
    await reached(7);
    await sleep(50);
    await following.close();
    assert.deepEqual(histories, [numbers.name]);
    assert.equal((await toldOf(stores, 'a')).sums.length, 3);
  });
});
