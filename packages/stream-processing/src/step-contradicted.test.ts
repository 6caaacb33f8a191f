import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Row } from '@quantrac/time-series';
import { messageOf } from './consume.ts';
import type { Processor } from './processor.ts';
import type { StepOptions } from './step.ts';
import { type Added, adding, numberRecord, numbers, type Profile, stepStoreOf, sums } from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';

/** Tells what it is sent at version 1, whatever stands there. */
const forgetful: Processor<number> = {
  name: 'forgetful',
  inputs: [numbers],
  initial: 0,
  decide(state, { data, knownAt }) {
    const { time, add } = data as Added;
    const row = { kind: 'row', topic: sums, type: 'Told', series: 'sum', time, version: 1, knownAt } as const;
    return { state, outputs: [{ ...row, data: { add } }] };
  },
};

const message = (key: string, revision: number, added: Added) =>
  messageOf(numbers.name, numberRecord(key, revision, added));
const said = (rows: readonly Row[]) => rows.map(({ key, time, value }) => `${key} ${time} ${Buffer.from(value)}`);

async function opened(t: TestContext, profile: Profile) {
  const stores = await openedStores(t);
  const store = await stepStoreOf(profile, stores.database, stores);
  const told: string[][] = [];
  const step = (processor: Processor<number>, options: Partial<StepOptions<number>> = {}) =>
    addingStep(stores, store, { processor, onContradicted: (rows) => told.push(said(rows)), ...options });
  const stored = async (key: string) =>
    said(await stores.series.range({ collection: sums.name, key, from: 0, to: Infinity, versions: 'all' }));
  return { step, told, stored, series: stores.series };
}

for (const profile of ['sqlite', 'ports'] as const)
  describe(`a step on ${profile}, whose rows stand already`, () => {
    it('tells once a batch which versions it would have written with other bytes, and leaves the first ones', async (t) => {
      const { step, told, stored } = await opened(t, profile);
      const one = step(forgetful);
      await one.take([message('a', 1, { time: 1, add: 1 }), message('b', 1, { time: 1, add: 10 })]);
      assert.deepEqual(told, []);
      await one.take([
        message('a', 2, { time: 1, add: 2 }),
        message('a', 3, { time: 2, add: 3 }),
        message('b', 2, { time: 1, add: 20 }),
      ]);
      assert.deepEqual(told, [['a 1 {"add":2}', 'b 1 {"add":20}']]);
      assert.deepEqual(await stored('a'), ['a 1 {"add":1}', 'a 2 {"add":3}']);
      assert.deepEqual(await stored('b'), ['b 1 {"add":10}']);
    });

    it('tells nothing of the same bytes, as they come again from a cell that was lost', async (t) => {
      const { step, told, stored } = await opened(t, profile);
      await step(forgetful).take([message('a', 1, { time: 1, add: 1 })]);
      await step({ ...forgetful, name: 'restored' }).take([message('a', 1, { time: 1, add: 1 })]);
      assert.deepEqual(told, []);
      assert.deepEqual(await stored('a'), ['a 1 {"add":1}']);
    });

    it('tells nothing when what a crash left is done again', async (t) => {
      const { step, told, stored } = await opened(t, profile);
      const at = (point: string) => assert.notEqual(point, 'rows done', 'crash');
      await assert.rejects(step(adding, { at }).take([message('a', 1, { time: 1, add: 1 })]), /crash/);
      await step(adding).finishAll();
      assert.deepEqual(told, []);
      assert.equal((await stored('a')).length, 1);
    });

    it('reads nothing again while all that it writes is new', async (t) => {
      const { step, series } = await opened(t, profile);
      series.contradicted = async () => assert.fail('read again');
      const one = step(forgetful);
      for (let revision = 1; revision < 4; revision++)
        await one.take([message('a', revision, { time: revision, add: 1 })]);
    });
  });
