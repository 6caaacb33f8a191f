import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ObservationSetReceived, topics } from '@quantrac/contracts';
import { formatLocalStamp } from '@quantrac/regulations';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, MINUTE_MS, registerStation, stationFileName } from '@quantrac/testing';
import { account, type IntakeNode, START, startIntakeNode } from './intake-node.ts';
import { type LoggerFile, overFtp, throughFolder } from './intake-senders.ts';
import { assertReceivedOnce, assertToldOnce, storedIntake } from './intake-stored.ts';

/** Four parts. */
const TIMES = 80_000;
const PREFIXES = ['HCM_ABC_NT01', 'HCM_ABC_NT02', 'HCM_ABC_NT03'];

function largeFile(prefix: string): LoggerFile {
  const lines = Array.from(
    { length: TIMES },
    (_, index) => `COD\t${index}\tmg/L\t${formatLocalStamp(START - index * MINUTE_MS)}\t00\n`,
  );
  return { path: `${prefix}/${stationFileName(prefix, START)}`, text: lines.join('') };
}

/** Every version of a station's sets; read while nobody works on the folder. */
async function storedSets(data: string, station: string): Promise<readonly ObservationSetReceived[]> {
  const { series, close } = await openEmbeddedStores(data, 'ingestion');
  const range = { collection: topics.observationsReceived.name, key: station, series: 'set', from: 0, to: Infinity };
  const rows = await series.range({ ...range, versions: 'all' });
  await close();
  return rows.map(({ value }) => JSON.parse(new TextDecoder().decode(value)));
}

describe('a file that is taken in part by part, when ingestion is killed between two of them', () => {
  let node: IntakeNode;
  let stations: readonly string[] = [];

  before(async () => {
    node = await startIntakeNode();
    stations = await Promise.all(
      PREFIXES.map((prefix) => registerStation(node.registry, { prefix, symbols: ['COD'], account: account() })),
    );
    await node.known(PREFIXES.length);
  });
  after(() => node.stop());

  async function killedBetweenParts(station: string): Promise<void> {
    const began = async () => assert.ok((await node.sets(station)).length > 0);
    await eventually(began, { withinMs: 60_000, everyMs: 1 });
    await node.ingestion.kill();
    const { length } = await storedSets(node.data, station);
    assert.ok(length > 0 && length < TIMES, `${length} of ${TIMES} sets stood when it was killed`);
    await node.ingestion.start();
  }

  it('is acknowledged to the logger that sends it again over FTP', async () => {
    const sent = overFtp(node.ingestion)(largeFile(PREFIXES[0]!));
    await killedBetweenParts(stations[0]!);
    await sent;
  });

  it('is taken out of the folder', async () => {
    const sent = throughFolder(node.data)(largeFile(PREFIXES[1]!));
    await killedBetweenParts(stations[1]!);
    await sent;
  });

  it('is a repeat when it is sent again over HTTP after the start', async () => {
    const { path, text } = largeFile(PREFIXES[2]!);
    const unanswered = assert.rejects(node.ingestion.upload({ [path]: text }));
    await killedBetweenParts(stations[2]!);
    await unanswered;
    const [answer] = await node.ingestion.upload({ [path]: text });
    assert.equal(answer!.outcome, 'repeat');
  });

  it('has lost no reading, and each names a receipt that stands with its bytes', async () => {
    await node.ingestion.process().stop();
    const intake = await storedIntake(node.stores);
    await assertReceivedOnce(intake);
    await intake.close();
    const receipts = new Set(intake.receipts.map(({ receipt }) => receipt));
    for (const station of stations) {
      const sets = await storedSets(node.data, station);
      const values = new Map(sets.map(({ time, readings }) => [Date.parse(time), readings[0]!.value]));
      assert.deepEqual([sets.length, values.size], [TIMES, TIMES]);
      for (let index = 0; index < TIMES; index++) assert.equal(values.get(START - index * MINUTE_MS), `${index}`);
      const named = new Set(sets.flatMap(({ readings }) => readings.map(({ receipt }) => receipt)));
      assert.deepEqual(
        [...named].filter((receipt) => !receipts.has(receipt)),
        [],
      );
    }
    await assertToldOnce(node.stores);
  });
});
