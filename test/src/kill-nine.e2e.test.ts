import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EpisodeRecorded, envelopeOf, type ObservationSetChecked, topics } from '@quantrac/contracts';
import { identifiedTopics, identityOf } from '@quantrac/contracts/identity';
import { openEmbeddedStores, type Peer, peersOf, socketPath } from '@quantrac/service';
import { type Delivery, type Description, simulate } from '@quantrac/simulator';
import { type NodeProcess, type NodeProcessOptions, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { eventually, type Results, resultsOf, temporaryFolder } from '@quantrac/testing';
import { drivenSettings, HOUR_MS, type Loggers, live, type Province, registerLoggers, stepsOf } from './loggers.ts';
import { dice } from './seeded.ts';

const KILLS = 30;
const HOURS = 5;
const START = Date.UTC(2026, 0, 14, 17);
const times = { start: START, end: START + (HOURS + 1) * HOUR_MS };
const patience = { withinMs: 60_000, everyMs: 500 };
const everything = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z', limit: 10_000 };

/** A node that is killed and started again on its folder; askers keep their peers. */
interface Killable {
  readonly kills: () => number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function startKillable(options: NodeProcessOptions): Promise<Killable> {
  let running: Promise<NodeProcess> = startNodeProcess(options);
  let kills = 0;
  await running;
  return {
    kills: () => kills,
    async restart() {
      await (await running).kill();
      kills++;
      running = startNodeProcess(options);
      await running;
    },
    async stop() {
      await (await running).stop();
    },
  };
}

describe('a province and the national tier, killed thirty times while files are uploaded', () => {
  const chance = dice();
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const { peer, close } = peersOf(data);
  const national = peersOf(nationalData);
  let nodes: readonly Killable[] = [];
  let loggers: Loggers;
  let described: Description;
  let acknowledged: readonly Delivery[];
  let results: Results;

  before(async () => {
    const settings = await drivenSettings();
    const province: Province = { node: 'hcm', data, peer, ...settings };
    const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
    nodes = await Promise.all([
      startKillable({ node: 'hcm', data, settings: { ...settings, portalPort: 0, ministry } }),
      startKillable({
        node: 'national',
        data: nationalData,
        national: true,
        settings: { port: null, portalPort: 0, logLevel: 'error' },
      }),
    ]);
    const simulation = simulate({ stations: 4, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
    described = simulation.describe();
    loggers = await registerLoggers(province, simulation);
    acknowledged = await liveWithKills(simulation.deliveries());
    await journalSettled(peer('ministry-sync'));
    results = await resultsOf(peer);
  });
  after(async () => {
    close();
    national.close();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  /** A kill every second step or so, some moments after its files began to leave. */
  async function liveWithKills(deliveries: Iterable<Delivery>): Promise<readonly Delivery[]> {
    const perStep = KILLS / (stepsOf(times) - 6);
    let killing = Promise.resolve();
    let begun = 0;
    const sent = await live(loggers, {
      ...times,
      deliveries,
      async onStep(step) {
        if (begun >= KILLS || begun >= step * perStep) return;
        begun++;
        await killing;
        const node = nodes[chance.below(3) === 0 ? 1 : 0]!;
        killing = sleep(chance.below(200)).then(() => node.restart());
      },
    });
    await killing;
    return sent;
  }

  it('happens thirty times', (t) => {
    t.diagnostic(
      `QUANTRAC_SEED=${chance.seed}, the province ${nodes[0]!.kills()} times, the ministry ${nodes[1]!.kills()} times`,
    );
    assert.equal(nodes[0]!.kills() + nodes[1]!.kills(), KILLS);
  });

  it('loses nothing that was acknowledged', async () => {
    const receipts = new Set<string>();
    for (const key of [...loggers.stations.values(), 'hcm'])
      for (const { name, sha256 } of await peer('ingestion').query<{ name: string; sha256: string }>('receipts', {
        ...everything,
        key,
      }))
        receipts.add(`${name} ${sha256}`);
    const lost = acknowledged.filter(({ path, bytes }) => !receipts.has(`${basename(path)} ${hash('sha256', bytes)}`));
    assert.deepEqual(
      lost.map(({ path }) => path),
      [],
    );
    assert.ok(acknowledged.length > 200);
  });

  it('leaves every reading checked once, with what was found of it', () => {
    const sets = currentOf<ObservationSetChecked>(results, topics.observationsChecked.name, 'ObservationSetChecked');
    const readings = sets.flatMap((set) => set.readings);
    const { distinct, missing, calibration, deviceError } = described.tally.readings;
    assert.deepEqual(
      {
        distinct: readings.length,
        missing: readings.filter(({ value }) => value === null).length,
        calibration: readings.filter(({ status }) => status === '01').length,
        deviceError: readings.filter(({ status }) => status === '02').length,
      },
      { distinct, missing, calibration, deviceError },
    );
  });

  it('tells no result twice: every version stands once, and every episode', () => {
    for (const [topic, records] of results) {
      const versions = records.map(({ key, headers, value }) => {
        const { series, time, version } = identityOf(headers.ce_type!, JSON.parse(Buffer.from(value).toString()));
        return `${key} ${headers.ce_type} ${series} ${time} ${version}`;
      });
      assert.equal(new Set(versions).size, versions.length, topic);
    }
    const episodes = currentOf<EpisodeRecorded>(results, topics.episodes.name, 'EpisodeRecorded')
      .filter(({ state }) => state !== 'withdrawn')
      .map(({ station, channel, rule, limit, start }) => `${station} ${channel} ${rule} ${limit} ${start}`);
    assert.ok(episodes.length > 0);
    assert.equal(new Set(episodes).size, episodes.length);
  });

  it('makes the two copies equal', async () => {
    await eventually(async () => assert.deepEqual(await peer('ministry-sync').query('compare', {}), []), patience);
    const ministry = national.peer('national-aggregation');
    assert.deepEqual(await ministry.query('faults', {}), []);
    assert.deepEqual(await ministry.query('refusals', {}), []);
  });

  it('lets no topic carry one id with two contents', async () => {
    await nodes[0]!.stop();
    for (const producer of new Set(identifiedTopics.map(({ producer }) => producer))) {
      const stores = await openEmbeddedStores(data, producer);
      for (const topic of identifiedTopics.filter((one) => one.producer === producer)) {
        const { records } = await stores.log.read(topic, undefined, 1_000_000);
        assert.ok(records.length >= (results.get(topic.name)?.length ?? 0), `${topic.name} carries every record`);
        const contents = new Map<string, string>();
        for (const record of records) {
          const { id } = envelopeOf(record);
          const content = hash('sha256', record.value);
          assert.equal(contents.get(id) ?? content, content, `${id} of ${topic.name}`);
          contents.set(id, content);
        }
      }
      await stores.close();
    }
  });
});

/** Nothing is appended any more and all is acknowledged, for two seconds. */
async function journalSettled(sync: Peer): Promise<void> {
  let [last, quiet] = [-1, 0];
  await eventually(async () => {
    const [journal] = await sync.query<{ appended: number; acknowledged: number }>('replication', {});
    const { appended, acknowledged } = journal!;
    quiet = appended === last && acknowledged === appended ? quiet + 1 : 0;
    last = appended;
    assert.ok(quiet >= 4, `${appended} appended, ${acknowledged} acknowledged`);
  }, patience);
}

function currentOf<Data>(results: Results, topic: string, type: string): readonly Data[] {
  const current = new Map<string, { version: number; data: Data }>();
  for (const { key, headers, value } of results.get(topic)!) {
    if (headers.ce_type !== type) continue;
    const data = JSON.parse(Buffer.from(value).toString()) as Data;
    const { series, time, version } = identityOf(type, data);
    const name = `${key} ${series} ${time}`;
    if ((current.get(name)?.version ?? 0) < version) current.set(name, { version, data });
  }
  return [...current.values()].map(({ data }) => data);
}
