import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { withOwn } from '@quantrac/conformance/with-own';
import { Fault, isFault } from '@quantrac/event-sourcing';
import type { CellBounds } from './cell-bounds.ts';
import { messageOf } from './consume.ts';
import { portsStepStore } from './ports-step-store.ts';
import type { Message, Processor } from './processor.ts';
import { positionsCollection } from './step-store.ts';
import { type Added, adding, numberRecord, numbers, rejected, toldOf } from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';

const wide: CellBounds = { turn: 1e6, one: 1e6, waiting: 1e6 };

const message = (
  key: string,
  revision: number,
  added: Partial<Added> & { readonly pad?: string } = {},
  type?: string,
): Message => messageOf(numbers.name, numberRecord(key, revision, { time: revision, add: revision, ...added }, type));
const numbersOf = (key: string, count: number): Message[] =>
  Array.from({ length: count }, (_, index) => message(key, index + 1));

/** Of another topic, so that it need not wait behind those that wait for it. */
const opening: Message = { ...message('a', 5000), topic: 'openings' };

/** Late numbers wait for one that is in time; -1 is a bug. */
const patient: Processor<number> = {
  ...adding,
  ready: (total, { type }) => type !== 'Late' || total > 0,
  decide(total, received, rows) {
    if ((received.data as Added).add === -1) throw new Error('a bug');
    return adding.decide(total, received, rows);
  },
};

async function opened(t: TestContext, bounds: CellBounds) {
  const stores = await openedStores(t);
  /** Of each commit of a cell. */
  const lengths: number[] = [];
  let commitsLeft = Infinity;
  const putMany: typeof stores.documents.putMany = async (collection, puts) => {
    if (collection.name.startsWith('cells-')) {
      if (commitsLeft-- <= 0) throw Fault.unavailable('MongoAway', 'no database answers');
      lengths.push(...puts.map(({ document }) => JSON.stringify(document).length));
    }
    return stores.documents.putMany(collection, puts);
  };
  const documents = withOwn(stores.documents, { putMany });
  const store = portsStepStore({ ...stores, documents }, bounds);
  const newStep = (processor: Processor<number> = adding) => addingStep(stores, store, { processor });
  const setAside = async () =>
    (await stores.log.read(rejected, {}, 1e6)).records.map(({ headers }) => headers.quantrac_code);
  const position = async () => (await stores.documents.get(positionsCollection, 'group'))?.document.at;
  const failAfter = (commits: number) => {
    commitsLeft = commits;
  };
  return { stores, newStep, lengths, setAside, position, failAfter };
}

/** Sequences count the commits too. */
const numberless = async (stores: Parameters<typeof toldOf>[0], key: string) => {
  const { rows, documents, commands } = await toldOf(stores, key);
  return { rows, documents, commands };
};

describe('a cell that is one document with its effects', () => {
  it('takes a long batch of one key in several commits, each within its bounds, and comes to what one would', async (t) => {
    const bounded = await opened(t, { ...wide, turn: 4000 });
    const taken = await bounded.newStep().take([...numbersOf('a', 60), message('b', 1)]);
    assert.deepEqual(new Set(taken.map(({ outcome }) => outcome)), new Set(['taken']));
    assert.ok(bounded.lengths.length > 20, `${bounded.lengths.length} commits`);
    assert.ok(Math.max(...bounded.lengths) < 12_000, `one of ${Math.max(...bounded.lengths)}`);
    const whole = await opened(t, wide);
    await whole.newStep().take([...numbersOf('a', 60), message('b', 1)]);
    for (const key of ['a', 'b'])
      assert.deepEqual(await numberless(bounded.stores, key), await numberless(whole.stores, key));
  });

  it('keeps no position before the last of them', async (t) => {
    const { stores, newStep, position, failAfter } = await opened(t, { ...wide, turn: 4000 });
    const positions = { group: 'group', at: { part: 'log:60' } };
    failAfter(3);
    await assert.rejects(newStep().take(numbersOf('a', 60), positions), (error) => isFault(error, 'MongoAway'));
    assert.equal(await position(), undefined);
    failAfter(Infinity);
    const again = await newStep().take(numbersOf('a', 60), positions);
    assert.deepEqual(new Set(again.map(({ outcome }) => outcome)), new Set(['taken', 'repeat']));
    assert.deepEqual(await position(), positions.at);
    assert.equal((await numberless(stores, 'a')).rows.length, 120);
  });

  it('sets a message aside that leads to more than one commit takes, and goes on', async (t) => {
    const talkative: Processor<number> = {
      ...adding,
      decide(total, received, rows) {
        const decision = adding.decide(total, received, rows);
        if ((received.data as Added).add !== 2) return decision;
        return { ...decision, outputs: Array.from({ length: 100 }, () => decision.outputs).flat() };
      },
    };
    const { newStep, setAside } = await opened(t, { ...wide, one: 50_000 });
    const taken = await newStep(talkative).take(numbersOf('a', 3));
    assert.deepEqual(
      taken.map(({ outcome }) => outcome),
      ['taken', 'failed', 'taken'],
    );
    assert.deepEqual(await setAside(), ['TooMuchAtOnce']);
  });

  it('packs what waits, and sets aside what would have to wait beyond its bound', async (t) => {
    const { stores, newStep, lengths, setAside } = await opened(t, { ...wide, waiting: 600_000, turn: 1e7 });
    const late = (from: number, upTo: number) =>
      Array.from({ length: upTo - from }, (_, index) => message('a', from + index, { pad: 'x'.repeat(400) }, 'Late'));
    await newStep(patient).take(late(1, 1001));
    const beyond = await setAside();
    assert.ok(beyond.length > 0 && beyond.every((code) => code === 'TooMuchWaits'));
    assert.ok(Math.max(...lengths) < 200_000, `${Math.max(...lengths)} characters`);
    const taken = await newStep(patient).take([opening]);
    assert.equal(taken.length, 1);
    const waited = 1000 - beyond.length;
    assert.equal((await numberless(stores, 'a')).rows.length, 2 * (waited + 1));
  });

  it('decides what waited in several commits too, and tells behind the batch what of it failed', async (t) => {
    const { stores, newStep, setAside } = await opened(t, { ...wide, turn: 4000 });
    const late = Array.from({ length: 40 }, (_, index) =>
      message('a', index + 1, index === 7 ? { add: -1 } : {}, 'Late'),
    );
    const first = await newStep(patient).take(late);
    assert.deepEqual(new Set(first.map(({ outcome }) => outcome)), new Set(['taken']));
    const [taken, ...behind] = await newStep(patient).take([opening]);
    assert.equal(taken!.outcome, 'taken');
    assert.deepEqual(
      behind.map(({ outcome, message: { sequence } }) => [outcome, sequence]),
      [['failed', late[7]!.sequence]],
    );
    assert.deepEqual(await setAside(), ['bug']);
    assert.equal((await numberless(stores, 'a')).rows.length, 2 * 40);
  });
});
