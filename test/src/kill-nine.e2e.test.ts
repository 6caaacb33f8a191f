import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EpisodeRecorded, type IncidentRecorded, type ObservationSetChecked, topics } from '@quantrac/contracts';
import { identifiedTopics, identityOf } from '@quantrac/contracts/identity';
import { type Peer, peersOf, socketPath } from '@quantrac/service';
import { type Delivery, type Simulation, simulate } from '@quantrac/simulator';
import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { differencesBetween, eventually, isJoined, type Results, resultsOf, temporaryFolder } from '@quantrac/testing';
import { assertConsuming, assertStreaming, type Killable, startKillable } from './killable-node.ts';
import { drivenSettings, HOUR_MS, type Loggers, live, type Province, registerLoggers, stepsOf } from './loggers.ts';
import { dice } from './seeded.ts';
import { toldBy, wronglyTold } from './told-once.ts';

const HOURS = 4;
const START = Date.UTC(2026, 0, 14, 17);
const times = { start: START, end: START + (HOURS + 1) * HOUR_MS };
const patience = { withinMs: 60_000, everyMs: 1000 };
const everything = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z', limit: 10_000 };

/** Half of the kills come while every consumer of the province works, or while the journal streams; the others whenever. */
const kills = [
  ...Array.from({ length: 18 }, (_, index) => ({ tier: 'province', atWork: index % 2 === 0 }) as const),
  ...Array.from({ length: 12 }, (_, index) => ({ tier: 'national', atWork: index % 2 === 0 }) as const),
];

describe('a province and the national tier, killed thirty times while files are uploaded', () => {
  const chance = dice();
  const simulation = simulate({ stations: 4, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
  let killed: Tiers;
  let calm: Calm;
  let loggers: Loggers;
  let acknowledged: readonly Delivery[];
  let results: Results;

  before(async () => {
    [killed, calm] = await Promise.all([startTiers(), startCalm()]);
    loggers = await registerLoggers(killed.at, simulation);
    const unkilled = await registerLoggers(calm.at, simulation);
    [acknowledged] = await Promise.all([
      liveWithKills(loggers, killed, simulation),
      live(unkilled, { ...times, deliveries: simulation.deliveries() }),
    ]);
    await journalSettled(killed.at.peer('ministry-sync'));
    results = await resultsOf(killed.at.peer);
  });
  after(() => Promise.all([killed.stop(), calm.stop()]));

  /** A kill every second step or so, some moments after its files began to leave. */
  async function liveWithKills(to: Loggers, { province, national, at }: Tiers, { deliveries }: Simulation) {
    const left = chance.shuffled(kills);
    const perStep = kills.length / (stepsOf(times) - 6);
    let killing = Promise.resolve();
    const sent = await live(to, {
      ...times,
      deliveries: deliveries(),
      async onStep(step) {
        if (left.length === 0 || kills.length - left.length >= step * perStep) return;
        const { tier, atWork } = left.pop()!;
        await killing;
        if (atWork && tier === 'province')
          await eventually(() => assertConsuming(at.peer), { ...patience, everyMs: 50 });
        if (atWork && tier === 'national')
          await eventually(() => assertStreaming(at.peer('ministry-sync')), { ...patience, everyMs: 50 });
        const node = tier === 'province' ? province : national;
        killing = sleep(chance.below(200)).then(() => node.restart());
      },
    });
    await killing;
    return sent;
  }

  it('happens thirty times', (t) => {
    const counted = { province: killed.province.kills(), national: killed.national.kills() };
    t.diagnostic(`QUANTRAC_SEED=${chance.seed}, ${JSON.stringify(counted)}`);
    assert.deepEqual(counted, { province: 18, national: 12 });
  });

  it('loses nothing that was acknowledged', async () => {
    const receipts = new Set<string>();
    for (const key of [...loggers.stations.values(), 'hcm'])
      for (const { name, sha256 } of await killed.at
        .peer('ingestion')
        .query<{ name: string; sha256: string }>('receipts', { ...everything, key }))
        receipts.add(`${name} ${sha256}`);
    const lost = acknowledged.filter(({ path, bytes }) => !receipts.has(`${basename(path)} ${hash('sha256', bytes)}`));
    assert.deepEqual(
      lost.map(({ path }) => path),
      [],
    );
    assert.ok(acknowledged.length > 150);
  });

  it('leaves every reading checked once, with what was found of it', () => {
    const readings = currentOf<ObservationSetChecked>(results, topics.observationsChecked.name).flatMap(
      (set) => set.readings ?? [],
    );
    const { distinct, missing, calibration, deviceError } = simulation.describe().tally.readings;
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

  it('comes to the results and the incidents of a node that nobody killed', async () => {
    await eventually(async () => {
      results = await resultsOf(killed.at.peer);
      assert.deepEqual(differencesBetween(results, await resultsOf(calm.at.peer), { incidents: true }), []);
    }, patience);
  });

  it('opens one incident for each episode, and asks for one mail whenever one is open anew', async () => {
    const incidents = currentOf<IncidentRecorded>(results, topics.incidents.name).filter((one) => !isJoined(one));
    const told = incidents.flatMap(({ episodes }) => episodes.map(({ episode }) => episode));
    assert.equal(new Set(told).size, told.length);
    const standing = currentOf<EpisodeRecorded>(results, topics.episodes.name).filter(
      ({ state, declared }) => state !== 'withdrawn' && !declared,
    );
    assert.ok(standing.length > 0);
    assert.deepEqual(
      standing.filter(({ episode }) => !told.includes(episode)),
      [],
    );
    const mails = await killed.at.peer('alerting').query<{ incident: string }>('notifications', { limit: 10_000 });
    assert.deepEqual(mails.map(({ incident }) => incident).sort(), openings(results).sort());
  });

  it('makes the two copies equal', async () => {
    await eventually(
      async () => assert.deepEqual(await killed.at.peer('ministry-sync').query('compare', {}), []),
      patience,
    );
    assert.deepEqual(await killed.ministry.query('faults', {}), []);
    assert.deepEqual(await killed.ministry.query('refusals', {}), []);
  });

  it('lets no topic tell a version twice, or nothing new, or one id with two contents', async () => {
    await killed.stop();
    const isNational = ({ producer }: { producer: string }) => producer === 'national-aggregation';
    const all = Object.values(topics);
    const told = new Map([
      ...(await toldBy(
        killed.at.data,
        all.filter((topic) => !isNational(topic)),
      )),
      ...(await toldBy(killed.nationalData, all.filter(isNational))),
    ]);
    for (const [topic, records] of told) assert.deepEqual(wronglyTold(records), [], topic);
    for (const { name } of identifiedTopics) {
      const carried = new Set(told.get(name)!.map(({ headers, value }) => `${headers.ce_id} ${hash('sha256', value)}`));
      for (const { headers, value } of results.get(name)!)
        assert.ok(carried.has(`${headers.ce_id} ${hash('sha256', value)}`), `${name} carries ${headers.ce_id}`);
    }
  });
});

interface Tiers {
  readonly at: Province;
  readonly province: Killable;
  readonly national: Killable;
  readonly nationalData: string;
  readonly ministry: Peer;
  stop(): Promise<void>;
}

/** A province that replicates to a national tier of its own. */
async function startTiers(): Promise<Tiers> {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const settings = await drivenSettings();
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  const quiet = { port: null, portalPort: 0, logLevel: 'error' };
  const [province, national] = await Promise.all([
    startKillable({ node: 'hcm', data, settings: { ...settings, portalPort: 0, ministry } }),
    startKillable({ node: 'national', data: nationalData, national: true, settings: quiet }),
  ]);
  const [peers, nationalPeers] = [peersOf(data), peersOf(nationalData)];
  return {
    at: { node: 'hcm', data, peer: peers.peer, ...settings },
    province,
    national,
    nationalData,
    ministry: nationalPeers.peer('national-aggregation'),
    async stop() {
      peers.close();
      nationalPeers.close();
      await Promise.all([province.stop(), national.stop()]);
    },
  };
}

interface Calm {
  readonly at: Province;
  stop(): Promise<void>;
}

/** A province that nobody kills, without a ministry. */
async function startCalm(): Promise<Calm> {
  const data = temporaryFolder();
  const settings = await drivenSettings();
  const node = await startNodeProcess({ node: 'hcm', data, settings: { ...settings, portalPort: 0 } });
  return { at: { node: 'hcm', data, peer: node.peer, ...settings }, stop: node.stop };
}

/** Nothing is appended any more and all is acknowledged, for two seconds. */
async function journalSettled(sync: Peer): Promise<void> {
  let [last, quiet] = [-1, 0];
  await eventually(async () => {
    const [journal] = await sync.query<{ appended: number; acknowledged: number }>('replication', {});
    const { appended, acknowledged } = journal!;
    quiet = appended === last && acknowledged === appended ? quiet + 1 : 0;
    last = appended;
    assert.ok(quiet >= 2, `${appended} appended, ${acknowledged} acknowledged`);
  }, patience);
}

/** The incidents that were opened, or open again, once for each time. */
function openings(results: Results): string[] {
  const versions = results.get(topics.incidents.name)!.map(({ value }) => dataOf<IncidentRecorded>(value));
  return [...Map.groupBy(versions, ({ incident }) => incident)].flatMap(([incident, told]) => {
    const states = told.sort((a, b) => a.version - b.version).map(({ state }) => state);
    return states.flatMap((state, at) =>
      state === 'open' && (at === 0 || states[at - 1] === 'resolved') ? incident : [],
    );
  });
}

const dataOf = <Data>(value: Uint8Array): Data => JSON.parse(Buffer.from(value).toString()) as Data;

function currentOf<Data>(results: Results, topic: string): readonly Data[] {
  const current = new Map<string, { version: number; data: Data }>();
  for (const { key, headers, value } of results.get(topic)!) {
    const data = dataOf<Data>(value);
    const { series, time, version } = identityOf(headers.ce_type!, data);
    const name = `${key} ${series} ${time}`;
    if ((current.get(name)?.version ?? 0) < version) current.set(name, { version, data });
  }
  return [...current.values()].map(({ data }) => data);
}
