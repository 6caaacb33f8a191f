import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { byTester, eventually, MINUTE_MS, registerStation, stationFile, stationFileName } from '@quantrac/testing';
import {
  type Answer,
  account,
  type Instance,
  type IntakeNode,
  START,
  type StoresOf,
  startIntakeNode,
} from './intake-node.ts';
import { assertReceivedOnce, assertToldOnce, storedIntake } from './intake-stored.ts';

const PREFIX = 'HCM_ABC_NT01';
const FILES = 300;
const STEP_MS = 5 * MINUTE_MS;

/** Two instances of ingestion on one folder act as one; `storesOf`: on which stores, the embedded default unless said. */
export function twoIntakesActAsOne(storesOf?: StoresOf): void {
  let node: IntakeNode;
  let second: Instance;
  let station = '';

  before(async () => {
    node = await startIntakeNode(undefined, {}, storesOf);
    second = await node.second('second');
    await second.clock(START);
    station = await registerStation(node.registry, {
      prefix: PREFIX,
      symbols: ['COD', 'TSS', 'pH'],
      account: account(),
    });
    // an account of many stations does not say which one a file belongs to
    await registerStation(node.registry, { prefix: 'HCM_ABC_NT02', symbols: ['COD'], account: account() });
    const probe = { [`${PREFIX}_20260101000000.txt`]: '' };
    for (const instance of [node.ingestion, second])
      await eventually(async () => assert.match((await instance.upload(probe))[0]!.outcome, /accepted|repeat/));
  });
  after(() => node.stop());

  const file = (time: number, values: Record<string, string>) =>
    stationFile(
      time,
      Object.entries(values).map(([symbol, value]) => ({ symbol, value })),
    );
  const both = (files: Record<string, string>) => Promise.all([node.ingestion.upload(files), second.upload(files)]);
  const outcomes = (answers: readonly (readonly Answer[])[]) => answers.map(([answer]) => answer!.outcome).sort();

  it('agree that a file sent to both at once is one file and a repeat', async () => {
    const files = { [stationFileName(PREFIX, START)]: file(START, { COD: '1' }) };
    assert.deepEqual(outcomes(await both(files)), ['accepted', 'repeat']);
  });

  it('make one set of the channels that each of them receives of the same time', async () => {
    const time = START + STEP_MS;
    await Promise.all([
      node.ingestion.upload({ [`${PREFIX}_20260115080501.txt`]: file(time, { COD: '1' }) }),
      second.upload({ [`${PREFIX}_20260115080502.txt`]: file(time, { TSS: '2' }) }),
    ]);
    const set = (await node.sets(station)).find((one) => Date.parse(one.time) === time)!;
    assert.deepEqual([set.revision, set.readings.map(({ value }) => value)], [2, ['1', '2']]);
  });

  it(`lose nothing of ${FILES} files that reach them by turns and all at once`, async () => {
    const times = Array.from({ length: FILES }, (_, index) => START - (index + 1) * STEP_MS);
    const uploads = times.map((time, index) =>
      [node.ingestion, second][index % 2]!.upload({ [stationFileName(PREFIX, time)]: file(time, { pH: '7' }) }),
    );
    assert.ok((await Promise.all(uploads)).every(([answer]) => answer!.outcome === 'accepted'));
    const kept = new Set((await node.sets(station)).map(({ time }) => Date.parse(time)));
    assert.ok(times.every((time) => kept.has(time)));
    assert.deepEqual(await node.sets(station, 'all'), await second.peer.query('received', everything(station)));
  });

  it('release once what either of them held', async () => {
    const strange = PREFIX.replace('ABC', 'XYZ');
    const files = { [stationFileName(strange, START)]: file(START, { TSS: '9' }) };
    assert.deepEqual(outcomes(await both(files)), ['held', 'held']);
    await node.registry.handle('AddPrefix', { station, prefix: strange }, byTester());
    await eventually(async () => {
      const released = (await node.held('released')).filter(({ path }) => path.startsWith(strange));
      assert.deepEqual(
        released.map(({ version }) => version),
        [2],
      );
    });
    const set = (await node.sets(station)).find(({ time }) => Date.parse(time) === START)!;
    assert.deepEqual([set.revision, set.readings.map(({ value }) => value)], [2, ['1', '9']]);
  });

  it('tell the same hour once, whoever looks at the clock', async () => {
    for (let now = START; now <= START + 120 * MINUTE_MS; now += STEP_MS)
      await Promise.all([node.ingestion.clock(now), second.clock(now)]);
    const counts = await node.ingestion.peer.query<object>('intakeCounts', {});
    assert.deepEqual(counts, await second.peer.query('intakeCounts', {}));
  });

  it('go on when one of them is killed, and what it had acknowledged is there', async () => {
    const times = Array.from({ length: 40 }, (_, index) => START - (index + FILES + 1) * STEP_MS);
    let killing: Promise<void> | undefined;
    const sending = times.map(async (time, index) => {
      const files = { [stationFileName(PREFIX, time)]: file(time, { pH: '8' }) };
      const [first, other] = index % 2 ? [second, node.ingestion] : [node.ingestion, second];
      await first.upload(files).catch(() => other.upload(files));
      // on servers, what it has just acknowledged may still have to be told
      if (first === second) killing ??= second.kill();
    });
    await Promise.all(sending);
    await killing;
    const kept = new Set((await node.sets(station)).map(({ time }) => Date.parse(time)));
    assert.ok(times.every((time) => kept.has(time)));
  });

  it('received and told everything once', async () => {
    // what the killed one left untold is told by the other, though nothing more comes of the station; embedded, nothing is left
    if (storesOf) await eventually(() => assertToldOnce(node.stores), { withinMs: 60_000, everyMs: 1000 });
    await node.ingestion.process().stop();
    const stored = await storedIntake(node.stores);
    await assertReceivedOnce(stored).finally(stored.close);
    await assertToldOnce(node.stores);
  });
}

const everything = (station: string) => ({
  station,
  from: '2000-01-01T00:00:00.000Z',
  to: '2100-01-01T00:00:00.000Z',
  versions: 'all',
  limit: 10_000,
});
