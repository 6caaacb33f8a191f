import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@quantrac/contracts';
import { nodeIdentity, peersOf, socketPath, variableOf } from '@quantrac/service';
import { type Delivery, type Simulation, simulate } from '@quantrac/simulator';
import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { differencesBetween, eventually, resultsOf, startService, temporaryFolder } from '@quantrac/testing';
import { drivenSettings, HOUR_MS, live, type Province, registerLoggers, stepsOf } from './loggers.ts';
import { type Dice, dice } from './seeded.ts';

const NODE = 'hcm';
const services = [
  'station-registry',
  'quality-control',
  'alerting',
  'enterprise-compliance',
  'ministry-sync',
  'ingestion',
  'portal',
];
const HOURS = 6;
const START = Date.UTC(2026, 0, 14, 17);
/** An hour beyond what the loggers send, so that the last means close. */
const times = { start: START, end: START + (HOURS + 1) * HOUR_MS };
/** How long a node may need until its results have gone all their way. */
const patience = { withinMs: 60_000, everyMs: 1000 };

/** SIGKILL, and a start on the same folder. */
type Restart = () => Promise<void>;

test('a province of separate processes, each killed once, comes to the result of one process that nobody killed', async (t) => {
  const chance = dice();
  t.diagnostic(`QUANTRAC_SEED=${chance.seed}`);
  const simulation = simulate({ stations: 6, hours: HOURS, seed: chance.seed, start: START, provinces: ['HCM'] });
  const { province: apart, restarts } = await startApart(t);
  const whole = await startWhole(t);

  const killed: Promise<void>[] = [];
  const kills = killsByStep(restarts, chance);
  const liveThrough = async (province: Province, onStep?: (step: number) => void) => {
    const loggers = await registerLoggers(province, simulation);
    await live(loggers, { ...times, deliveries: withBackfill(simulation), ...(onStep && { onStep }) });
  };
  await Promise.all([
    liveThrough(whole),
    liveThrough(apart, (step) => {
      for (const restart of kills.get(step) ?? []) killed.push(sleep(chance.below(100)).then(restart));
    }),
  ]);
  await Promise.all(killed);
  assert.equal(killed.length, services.length + 1);

  await eventually(async () => {
    const [here, there] = [await resultsOf(apart.peer), await resultsOf(whole.peer)];
    assert.deepEqual(differencesBetween(here, there), []);
    for (const topic of [topics.observationsChecked, topics.aggregates, topics.intakeHeld, topics.episodes])
      assert.ok(here.get(topic.name)!.length > 0, `${topic.name} has records`);
  }, patience);
  for (const { peer } of [apart, whole])
    await eventually(async () => assert.deepEqual(await peer('ministry-sync').query('compare', {}), []), patience);
});

/** Every service of a province in a process of its own, and a national tier in another. */
async function startApart(t: TestContext): Promise<{ province: Province; restarts: readonly Restart[] }> {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  nodeIdentity(data, NODE);
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  const driven = await drivenSettings();
  const settings = variables({ ...driven, portalPort: 0, ministry });
  const restarts = await Promise.all([
    startRestartable(t, 'national-aggregation', nationalData, variables({ port: null, logLevel: 'error' })),
    ...services.map((name) => startRestartable(t, name, data, settings)),
  ]);
  const peers = peersOf(data);
  t.after(() => peers.close());
  const { httpPort, ftpPort } = driven;
  return { province: { node: NODE, data, peer: peers.peer, httpPort, ftpPort }, restarts };
}

async function startRestartable(
  t: TestContext,
  name: string,
  data: string,
  settings: Readonly<Record<string, string>>,
): Promise<Restart> {
  let running = await startService(name, data, settings);
  t.after(() => running.stop());
  return async () => {
    await running.kill();
    running = await startService(name, data, settings);
  };
}

/** The same services in one process, with a national tier of its own. */
async function startWhole(t: TestContext): Promise<Province> {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const national = await startNodeProcess({
    node: 'national',
    data: nationalData,
    national: true,
    settings: { port: null, portalPort: 0, logLevel: 'error' },
  });
  t.after(() => national.stop());
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  const settings = { ...(await drivenSettings()), portalPort: 0, ministry };
  const node = await startNodeProcess({ node: NODE, data, settings });
  t.after(() => node.stop());
  return { node: NODE, data, peer: node.peer, httpPort: settings.httpPort, ftpPort: settings.ftpPort };
}

const variables = (settings: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [variableOf(name), String(value)]));

function killsByStep(restarts: readonly Restart[], { below }: Dice): ReadonlyMap<number, readonly Restart[]> {
  return Map.groupBy(restarts, () => 1 + below(stepsOf(times) - 12));
}

/** What one station measures in two hours arrives an hour later, the newest first. */
function* withBackfill(simulation: Simulation): Iterable<Delivery> {
  const [late] = simulation.describe().stations;
  const kept: Delivery[] = [];
  for (const delivery of simulation.deliveries()) {
    const hour = (delivery.at - START) / HOUR_MS;
    if (hour >= 5) for (const one of kept.splice(0).reverse()) yield { ...one, at: delivery.at };
    if (delivery.stationCode === late!.code && hour >= 2 && hour < 4) kept.push(delivery);
    else yield delivery;
  }
}
