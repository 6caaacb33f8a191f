import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { messageOf } from './consume.ts';
import type { Step } from './step.ts';
import { positionsCollection } from './step-store.ts';
import { handleIn, numberRecord, numbers, type Profile, stepStoreOf, toldOf } from './testing/adding.ts';
import { type FailsWhen, failing } from './testing/failing.ts';
import { addingStep, openedStores } from './testing/opened.ts';

const moments: readonly FailsWhen[] = ['before it is done', 'after it was done'];

/** Three batches over two keys; the last is late among what it looks back at. */
const batchesOf = (run: string) => {
  const message = (key: string, revision: number, time: number, add: number) =>
    messageOf(numbers.name, numberRecord(`${key}-${run}`, revision, { time, add }));
  return [
    [message('a', 1, 1, 1), message('b', 1, 1, 10), message('a', 2, 2, 2)],
    [message('a', 3, 3, 4), message('b', 2, 1, 20)],
    [message('a', 4, 30, 8), message('a', 5, 2, 16), message('b', 3, 4, 40)],
  ];
};

async function opened(t: TestContext, profile: Profile) {
  const stores = await openedStores(t);
  const faults = failing();
  const { watched } = faults;
  const { documents, series, log, blobs, database } = stores;
  const ports = { documents: watched(documents), series: watched(series), log: watched(log), blobs };
  const store = watched(await stepStoreOf(profile, database, ports));
  const { handle } = watched({ handle: handleIn(stores) });
  const newStep = () => addingStep(stores, store, { handle });
  return { stores, faults, newStep };
}

async function untilDone(work: () => Promise<unknown>): Promise<number> {
  for (let failures = 0; ; failures++)
    try {
      await work();
      return failures;
    } catch (error) {
      if (!isFault(error, 'Failing')) throw error;
    }
}

/** Takes what comes as a consumer does: the same batch again until it is taken, by the same instance; the last by one that begins anew. */
async function takeAll(newStep: () => Step<number>, run: string): Promise<number> {
  let failures = 0;
  let step = newStep();
  for (const [index, batch] of batchesOf(run).entries()) {
    if (index === 2) step = newStep();
    if (index !== 1) failures += await untilDone(() => step.finishAll());
    failures += await untilDone(() => step.take(batch, { group: `group-${run}`, at: { part: `log:${index}` } }));
  }
  return failures;
}

for (const profile of ['sqlite', 'ports'] as const)
  describe(`a step on ${profile}, one call of whose stores fails`, () => {
    it('goes on with the same instance and comes to the calm result, whichever call it is', async (t) => {
      const { stores, faults, newStep } = await opened(t, profile);
      const result = async (run: string) => {
        const told = [await toldOf(stores, `a-${run}`), await toldOf(stores, `b-${run}`)];
        const position = await stores.documents.get(positionsCollection, `group-${run}`);
        return JSON.stringify([told, position?.document]).replaceAll(`-${run}`, '');
      };
      faults.failAt(Infinity, 'before it is done');
      assert.equal(await takeAll(newStep, 'calm'), 0);
      const calls = faults.calls();
      const calm = await result('calm');
      assert.match(calm, /"documents":\[31,16\]/);
      for (const when of moments)
        for (let call = 1; call <= calls; call++) {
          const run = `${call}${when[0]}`;
          faults.failAt(call, when);
          assert.equal(await takeAll(newStep, run), 1, `call ${call} ${when}`);
          assert.equal(await result(run), calm, `call ${call} of ${calls} fails ${when}`);
        }
      t.diagnostic(`${calls} calls, each failed ${moments.join(' and ')}`);
    });

    it('leaves to a new instance what it committed and had not done, and that one finishes it alone', async (t) => {
      const { stores, faults, newStep } = await opened(t, profile);
      const told = async (run: string) =>
        JSON.stringify([await toldOf(stores, `a-${run}`), await toldOf(stores, `b-${run}`)]).replaceAll(`-${run}`, '');
      const first = (run: string) => newStep().take(batchesOf(run)[0]!);
      faults.failAt(Infinity, 'before it is done');
      await first('calm');
      const calls = faults.calls();
      const calm = await told('calm');
      let finished = 0;
      for (const when of moments)
        for (let call = 1; call <= calls; call++) {
          const run = `${call}${when[0]}`;
          faults.failAt(call, when);
          await assert.rejects(first(run), (error) => isFault(error, 'Failing'));
          const committed = (await stores.documents.get({ name: 'cells-adding' }, `a-${run}`)) !== undefined;
          faults.failAt(2 + (call % 4), 'before it is done');
          await newStep()
            .finishAll()
            .catch(() => undefined);
          faults.failAt(Infinity, 'before it is done');
          await newStep().finishAll();
          if (!committed) continue;
          finished++;
          assert.equal(await told(run), calm, `call ${call} of ${calls} fails ${when}`);
        }
      assert.ok(finished > 4);
    });
  });
