import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { messageOf } from './consume.ts';
import type { StepOptions } from './step.ts';
import { numberRecord, numbers, type Profile, stepStoreOf, sums } from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';

const cause = (of: string) => `00-${of.repeat(32)}-${of.repeat(16)}-01`;

const caused = (key: string, revision: number, traceparent?: string) => {
  const record = numberRecord(key, revision, { time: revision, add: revision });
  return messageOf(numbers.name, { ...record, headers: { ...record.headers, ...(traceparent && { traceparent }) } });
};

async function opened(t: TestContext, profile: Profile) {
  const stores = await openedStores(t);
  const store = await stepStoreOf(profile, stores.database, stores);
  const newStep = (options?: Partial<StepOptions<number>>) => addingStep(stores, store, options);
  const told = async (topic = sums) => {
    const { records } = await stores.log.read(topic, {}, 1e6);
    return records.map(({ key, headers }) => [key, headers.traceparent]);
  };
  const rows = () => stores.series.range({ collection: sums.name, key: 'a', from: 0, to: Infinity, versions: 'all' });
  return { newStep, told, rows };
}

for (const profile of ['sqlite', 'ports'] as const)
  describe(`the trace of a record, over ${profile}`, () => {
    it('is carried on by what comes of it, and by nothing else', async (t) => {
      const { newStep, told, rows } = await opened(t, profile);
      await newStep().take([caused('a', 1, cause('a')), caused('b', 1), caused('c', 1, cause('c'))]);
      assert.deepEqual((await told()).toSorted(), [
        ['a', cause('a')],
        ['b', undefined],
        ['c', cause('c')],
      ]);
      for (const row of await rows()) assert.ok(!('traceparent' in row));
    });

    it('is carried on as who follows the batch says', async (t) => {
      const { newStep, told } = await opened(t, profile);
      const seen: unknown[] = [];
      const step = newStep({
        watch: (messages) => ({
          traceparentOf: () => cause('f'),
          end: (outcome) => seen.push(messages.length, outcome),
        }),
      });
      await step.take([caused('a', 1, cause('a')), caused('a', 1, cause('a'))]);
      assert.deepEqual(await told(), [['a', cause('f')]]);
      assert.deepEqual(seen, [2, { taken: 1, repeat: 1, failed: 0 }]);
    });

    it('changes no row: what was taken without it is the same', async (t) => {
      const [traced, bare] = [await opened(t, profile), await opened(t, profile)];
      await traced.newStep().take([caused('a', 1, cause('a')), caused('a', 2, cause('b'))]);
      await bare.newStep().take([caused('a', 1), caused('a', 2)]);
      assert.deepEqual(await traced.rows(), await bare.rows());
    });
  });

describe('the trace of a record that was committed and not published', () => {
  it('is there when a successor publishes it', async (t) => {
    const { newStep, told } = await opened(t, 'ports');
    const stopping = newStep({
      at: (point) => {
        if (point === 'committed') throw new Error('killed');
      },
    });
    await assert.rejects(stopping.take([caused('a', 1, cause('a'))]), /killed/);
    assert.deepEqual(await told(), []);
    await newStep().finishAll();
    assert.deepEqual(await told(), [['a', cause('a')]]);
  });

  it('follows a batch that could not be taken to its end', async (t) => {
    const { newStep } = await opened(t, 'ports');
    const ended: unknown[] = [];
    const step = newStep({
      watch: () => ({ traceparentOf: (text) => text, end: (outcome) => ended.push(outcome) }),
      at: () => {
        throw new Error('killed');
      },
    });
    await assert.rejects(step.take([caused('a', 1, cause('a'))]), /killed/);
    assert.deepEqual(ended, [undefined]);
  });
});
