import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, MINUTE_MS, registerStation, stationFile, stationFileName } from '@quantrac/testing';
import { type Answer, account, type IntakeNode, START, startIntakeNode } from './intake-node.ts';
import { type LoggerFile, overFtp, overHttp, type Sender, throughFolder } from './intake-senders.ts';
import { assertReceivedOnce, assertToldOnce, storedIntake } from './intake-stored.ts';
import { dice } from './seeded.ts';

const KILLS = 12;
const BURSTS = 3;
const BURST_FILES = 1000;
const STEP_MS = 5 * MINUTE_MS;
const PREFIXES = ['HCM_ABC_NT01', 'HCM_ABC_NT02', 'HCM_ABC_NT03', 'HCM_ABC_NT04'];

describe('ingestion, killed while files come in', () => {
  const chance = dice();
  const acknowledged: (LoggerFile & { readonly station: string; readonly time: number; readonly value: string })[] = [];
  let node: IntakeNode;
  let stations: readonly string[] = [];

  before(async () => {
    node = await startIntakeNode();
    const registering = PREFIXES.map((prefix) =>
      registerStation(node.registry, { prefix, symbols: ['COD', 'TSS', 'pH'], account: account() }),
    );
    stations = await Promise.all(registering);
    await node.known(PREFIXES.length);
  });
  after(() => node.stop());

  /** The file of a station that tells its value `index` at a time of its own. */
  function fileOf(at: number, index: number) {
    const time = START - index * STEP_MS;
    const value = `${index}.${at}`;
    const text = stationFile(
      time,
      ['COD', 'TSS', 'pH'].map((symbol) => ({ symbol, value })),
    );
    const prefix = PREFIXES[at]!;
    return { path: `${prefix}/${stationFileName(prefix, time)}`, text, station: stations[at]!, time, value };
  }

  it(`is killed ${KILLS} times while HTTP, FTP and the folder bring files`, async (t) => {
    t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
    let killing = true;
    const ways: readonly Sender[] = [overHttp(node.ingestion), overFtp(node.ingestion), throughFolder(node.data)];
    const sending = ways.flatMap((send, at) =>
      [0, 1, 2].map(async (lane) => {
        for (let index = lane; killing; index += 3) {
          const file = fileOf(at, index);
          await send(file);
          acknowledged.push(file);
        }
      }),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(chance.below(400));
      await node.ingestion.kill();
      await node.ingestion.start();
    }
    killing = false;
    await Promise.all(sending);
    t.diagnostic(`${acknowledged.length} files were acknowledged`);
    assert.ok(acknowledged.length > KILLS);
  });

  it(`is killed in each of ${BURSTS} bursts of ${BURST_FILES} files`, async () => {
    for (let burst = 0; burst < BURSTS; burst++) {
      const files = Array.from({ length: BURST_FILES }, (_, index) =>
        fileOf(3 - (index % 2) * 3, 100_000 - burst * BURST_FILES - index),
      );
      const request = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      const sent = node.ingestion.upload(request).catch((): readonly Answer[] => []);
      await sleep(chance.below(300));
      await node.ingestion.kill();
      await sent;
      await node.ingestion.start();
      const answers = await eventually(() => node.ingestion.upload(request), { withinMs: 60_000 });
      assert.ok(answers.every(({ outcome }) => outcome === 'accepted' || outcome === 'repeat'));
      acknowledged.push(...files);
    }
  });

  it('loses no reading of what it acknowledged, and makes no second version of any', async () => {
    for (const station of stations) {
      const versions = await node.sets(station, 'all');
      const values = new Map(
        versions.map(({ time, readings }) => [Date.parse(time), readings.map(({ value }) => value)]),
      );
      assert.equal(values.size, versions.length);
      for (const { time, value } of acknowledged.filter((file) => file.station === station))
        assert.deepEqual(values.get(time), [value, value, value]);
    }
  });

  it('has received every file once, with its bytes, and told everything once', async () => {
    await node.ingestion.process().stop();
    const stored = await storedIntake(node.stores);
    await assertReceivedOnce(stored);
    const received = new Set(stored.receipts.map(({ path, sha256 }) => `${path} ${sha256}`));
    const lost = acknowledged.filter(({ path, text }) => !received.has(`${path} ${hash('sha256', text)}`));
    assert.deepEqual(lost, []);
    await stored.close();
    await assertToldOnce(node.stores);
  });
});
