import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { withOwn } from '@quantrac/conformance/with-own';
import type { LogRecord } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import type { Row } from '@quantrac/time-series';
import type { Cell } from './cell.ts';
import { messageOf } from './consume.ts';
import type { Step } from './step.ts';
import { doubles, numberRecord, numbers, stepStoreOf, sums } from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';

const message = (key: string, revision: number) =>
  messageOf(numbers.name, numberRecord(key, revision, { time: revision, add: revision }));

async function opened(t: TestContext) {
  const steps: Step<number>[] = [];
  // before their stores
  t.after(() => Promise.all(steps.map((step) => step.close())));
  const stores = await openedStores(t);
  const away: Held & { log: boolean; series: boolean } = { log: false, series: false };
  const publish = async (topic: typeof sums, records: readonly LogRecord[]) => {
    if (away.log) throw Fault.unavailable('KafkaAway', 'no broker answers');
    await new Promise<void>((resolve) => (away.held ? away.held.push(resolve) : resolve()));
    await stores.log.publish(topic, records);
  };
  const insert = async (rows: readonly Row[]) => {
    if (away.series) throw Fault.unavailable('MongoAway', 'no database answers');
    return stores.series.insert(rows);
  };
  const failing = { log: withOwn(stores.log, { publish }), series: withOwn(stores.series, { insert }) };
  const store = await stepStoreOf('ports', stores.database, { ...stores, ...failing });
  const failures: unknown[] = [];
  const newStep = (rowsInMemory?: number, epoch = 1) => {
    const step = addingStep(stores, store, {
      epoch: () => epoch,
      tellsBehind: { onFailure: (error) => failures.push(error), rowsInMemory },
    });
    steps.push(step);
    return step;
  };
  const told = async (key: string) => {
    const { records } = await stores.log.read(sums, {}, 1e6);
    return records.filter((record) => record.key === key).map(({ headers }) => headers.ce_sequence!);
  };
  const stored = async (key: string) => {
    const rows = await stores.series.range({ collection: sums.name, key, from: 0, to: Infinity, versions: 'all' });
    return rows.map(({ sequence }) => sequence);
  };
  const cell = async (key: string) =>
    (await stores.documents.get<Cell<number>>({ name: 'cells-adding' }, key))!.document;
  return { away, newStep, told, stored, cell, failures };
}

interface Held {
  held?: (() => void)[] | undefined;
}

async function somethingIsHeld(away: Held): Promise<void> {
  while (away.held!.length === 0) await setImmediate();
}

function letGo(away: Held, rest: (() => void)[] | undefined): void {
  const held = away.held!;
  away.held = rest;
  for (const goOn of held) goOn();
}

/** As a reader takes them. */
function taken(sequences: readonly string[]): readonly string[] {
  const newer: string[] = [];
  for (const one of sequences) if (one > (newer.at(-1) ?? '')) newer.push(one);
  return newer;
}

/** Whole numbers from 0 up to below a limit; the same for the same seed. */
function chance(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const firstOfEach = (sequences: readonly string[]): readonly string[] => [...new Set(sequences)];

describe('a step that tells behind', () => {
  it('takes and stores while no topic can be written, and publishes all of it in order once it can', async (t) => {
    const { away, newStep, told, stored, cell, failures } = await opened(t);
    const step = newStep();
    away.log = true;
    for (let revision = 1; revision <= 30; revision++)
      assert.equal((await step.take([message('a', revision), message('b', revision)])).length, 2);
    assert.equal((await stored('a')).length, 30);
    assert.deepEqual(await told('a'), []);
    assert.ok(failures.length > 0);
    away.log = false;
    await step.close();
    assert.deepEqual(await told('a'), await stored('a'));
    assert.deepEqual(await told('b'), await stored('b'));
    const { pending, untold } = await cell('a');
    assert.deepEqual({ pending, untold }, { pending: undefined, untold: undefined });
  });

  it('leaves what it could not tell to its successor, who tells it in order and goes on', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const before = newStep();
    await before.take([message('a', 1)]);
    away.log = true;
    for (let revision = 2; revision <= 9; revision++) await before.take([message('a', revision)]);
    await before.close();
    away.log = false;
    const after = newStep();
    await after.finishAll();
    await after.take([message('a', 10)]);
    await after.close();
    assert.equal((await stored('a')).length, 10);
    assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
  });

  it('tells in order what two instances commit in turn on one key', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const [one, other] = [newStep(), newStep()];
    away.log = true;
    for (let revision = 1; revision <= 12; revision++) {
      await (revision % 2 ? one : other).take([message('a', revision)]);
      if (revision === 6) away.log = false;
    }
    await Promise.all([one.close(), other.close()]);
    assert.equal((await stored('a')).length, 12);
    assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
  });

  it('tells all that another committed in between, who ended before telling it', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const [one, other] = [newStep(), newStep()];
    away.log = true;
    await one.take([message('a', 1)]);
    for (const revision of [2, 3]) await other.take([message('a', revision)]);
    await other.close();
    await one.take([message('a', 4)]);
    away.log = false;
    await one.close();
    assert.equal((await stored('a')).length, 4);
    assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
  });

  it('finishes what another left when it ended, once that has rested, though nothing more comes of the key', async (t) => {
    const { away, newStep, told, stored, cell } = await opened(t);
    const [one, other] = [newStep(), newStep()];
    await one.finishResting();
    away.log = true;
    for (const revision of [1, 2]) await other.take([message('a', revision)]);
    await other.close();
    away.log = false;
    await one.finishResting();
    assert.deepEqual(await told('a'), [], 'it may be at work on it still');
    await one.finishResting();
    await one.close();
    assert.equal((await stored('a')).length, 2);
    assert.deepEqual(await told('a'), await stored('a'));
    const { pending, untold, left } = await cell('a');
    assert.deepEqual({ pending, untold, left }, { pending: undefined, untold: undefined, left: undefined });
  });

  it('finishes what was committed here and could not be stored, and leaves alone what is being told', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const step = newStep();
    away.series = true;
    await assert.rejects(step.take([message('a', 1)]), /no database answers/);
    away.series = false;
    away.held = [];
    await step.take([message('b', 1)]);
    await somethingIsHeld(away);
    for (let look = 0; look < 3; look++) await step.finishResting();
    letGo(away, undefined);
    await step.close();
    assert.equal((await stored('a')).length, 1);
    assert.deepEqual(await told('a'), await stored('a'));
    assert.deepEqual(await told('b'), await stored('b'));
  });

  for (const way of ['when it rests', 'at its end'])
    it(`marks nothing as done ${way} that was committed and could not be stored, though what came before it is told`, async (t) => {
      const { away, newStep, told, stored } = await opened(t);
      const step = newStep();
      away.held = [];
      await step.take([message('a', 1)]);
      await somethingIsHeld(away);
      away.series = true;
      await assert.rejects(step.take([message('a', 2)]), /no database answers/);
      away.series = false;
      letGo(away, undefined);
      if (way === 'at its end') await step.close();
      else await sleep(1500);
      const successor = newStep();
      await successor.finishAll();
      const [again] = await successor.take([message('a', 2)]);
      assert.equal(again!.outcome, 'repeat');
      await successor.close();
      assert.equal((await stored('a')).length, 2);
      assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
    });

  it('goes on in the epoch in which another has told, where it runs on in an older one', async (t) => {
    const { newStep, told, stored } = await opened(t);
    const [old, raised] = [newStep(), newStep(undefined, 2)];
    for (const [revision, step] of [old, raised, old, raised, old].entries())
      await step.take([message('a', revision + 1)]);
    await Promise.all([old.close(), raised.close()]);
    assert.equal((await stored('a')).length, 5);
    assert.deepEqual(new Set(taken(await told('a'))), new Set(await stored('a')));
  });

  it('holds no more than it must: what is too much for the memory is read from the store', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const step = newStep(10);
    away.log = true;
    for (let revision = 1; revision <= 9; revision += 3)
      await step.take(['a', 'b'].flatMap((key) => [0, 1, 2].map((n) => message(key, revision + n))));
    away.log = false;
    await step.close();
    assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
    assert.deepEqual(firstOfEach(await told('b')), await stored('b'));
  });

  it('tells what is handed in after a look into the store that found nothing, while others are being told', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const step = newStep(0);
    away.held = [];
    await step.take([message('a', 1)]);
    await somethingIsHeld(away);
    await step.take([message('b', 1)]);
    for (const _ of [sums, doubles]) {
      letGo(away, []);
      await somethingIsHeld(away);
    }
    await step.take([message('a', 2)]);
    letGo(away, undefined);
    await step.close();
    assert.equal((await stored('a')).length, 2);
    assert.deepEqual(firstOfEach(await told('a')), await stored('a'));
  });

  it('leaves nothing out for readers who drop what is older, whichever instances take, tell, fail and end', async (t) => {
    const { away, newStep, told, stored } = await opened(t);
    const seed = Number(process.env.QUANTRAC_SEED ?? Math.floor(Math.random() * 1e6));
    t.diagnostic(`QUANTRAC_SEED=${seed}`);
    const below = chance(seed);
    const some = [newStep(), newStep(undefined, 2), newStep(3)];
    for (let round = 0; round < 24 * 6; round++) {
      const key = `${Math.floor(round / 6)}`;
      if (below(4) === 0) away.log = !away.log;
      const taking = [some[below(3)]!, some[below(3)]!].slice(below(2));
      away.series = below(8) === 0;
      const sent = taking.map((_, at) => message(key, 2 * round + at));
      const taken = await Promise.allSettled(taking.map((step, at) => step.take([sent[at]!])));
      away.series = false;
      // who was refused sends again
      for (const [at, { status }] of taken.entries())
        if (status === 'rejected') await some[below(3)]!.take([sent[at]!]);
      const place = below(40);
      if (below(8) === 0) await some[below(3)]!.finishResting();
      if (place > 2) continue;
      await some[place]!.close();
      some[place] = newStep(below(4), 1 + below(3));
    }
    away.log = false;
    await Promise.all(some.map((step) => step.close()));
    const last = newStep();
    await last.finishAll();
    await last.close();
    for (let key = 0; key < 24; key++) assert.deepEqual(taken(await told(`${key}`)), (await stored(`${key}`)).sort());
  });
});
