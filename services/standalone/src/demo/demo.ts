import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { ownNames, toldToEnd } from '@quantrac/service';
import { simulate } from '@quantrac/simulator';
import { deliver } from './deliver.ts';
import { faultsFound } from './faults-found.ts';
import { figuresOf, holdingsOf, together } from './figures.ts';
import { stationsKnown } from './known.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { progressLine } from './progress.ts';
import { registerStations } from './register.ts';
import { type NodeResult, reconciled, reportOf, shown } from './report.ts';
import { settled } from './settled.ts';
import { targetOf } from './target.ts';

export interface DemoOptions {
  /** Exits when the day is done. */
  readonly once: boolean;
  readonly report?: string | undefined;
  readonly stations: number;
  readonly hours: number;
  readonly seed: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const STEP_MS = 5 * MINUTE_MS;
/** 00:00 of a Thursday in Việt Nam. */
const START = Date.UTC(2026, 0, 14, 17);
/** The loggers go on for so long, so that the last hours of the day close. */
const CLOSING_HOURS = 2;
const provinces = [
  { node: 'hcm', code: '79', prefix: 'HCM' },
  { node: 'bacninh', code: '24', prefix: 'BN' },
];

/** A national tier and two provinces live through a day of simulated loggers; true when nothing differs. */
export async function demo(options: DemoOptions): Promise<boolean> {
  const told = toldToEnd();
  const folder = mkdtempSync(join(tmpdir(), 'quantrac-'));
  const started: NodeProcess[] = [];
  try {
    const good = await Promise.race([day(options, folder, started), told.then(() => undefined)]);
    if (good === undefined) throw Fault.rejected('DemoEnded', 'the demo was ended before its day was done');
    if (options.once) return good;
    process.stdout.write('the status pages stay up: Ctrl-C ends\n');
    await told;
    return good;
  } finally {
    for (const node of started.reverse()) await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function day(options: DemoOptions, folder: string, started: NodeProcess[]): Promise<boolean> {
  const began = Date.now();
  const progress = progressLine();
  const nodes = await startNodes(folder, started);
  for (const node of started) progress.say(`status page of ${node.node}: ${await portalOf(node)}`);
  const results = await Promise.all(
    nodes.map((node, index) => liveADay(node, provinces[index]!, options, index, progress.update)),
  );
  progress.done();
  const total = together(results.map(({ figures }) => figures));
  const seconds = (Date.now() - began) / 1000;
  process.stdout.write(shown(results, total));
  if (options.report) writeFileSync(options.report, `${JSON.stringify(reportOf(results, total, seconds), null, 2)}\n`);
  const good = results.every(
    (result) => result.differences.length === 0 && reconciled(result).every(({ meant, found }) => meant === found),
  );
  process.stdout.write(`${good ? 'nothing differs' : 'something differs'}, after ${seconds.toFixed(0)} s\n`);
  return good;
}

/** The provinces' nodes; `started` has whatever runs, also when another does not start. */
async function startNodes(folder: string, started: NodeProcess[]): Promise<readonly NodeProcess[]> {
  const data = join(folder, 'national');
  const national = await startNodeProcess({
    node: 'national',
    data,
    national: true,
    settings: { port: 0, portalPort: 0, logLevel: 'warn', ...ownNames(data) },
  });
  started.push(national);
  const [ministry] = await national.peer('national-aggregation').query<{ address: string }>('addresses', {});
  const starts = await Promise.allSettled(
    provinces.map((province) => startProvince(folder, province.node, ministry!.address)),
  );
  for (const start of starts) if (start.status === 'fulfilled') started.push(start.value);
  return Promise.all(
    starts.map((start) => (start.status === 'fulfilled' ? start.value : Promise.reject(start.reason))),
  );
}

function startProvince(folder: string, node: string, ministry: string): Promise<NodeProcess> {
  const data = join(folder, node);
  const listening = { ftpPort: 0, httpPort: 0, portalPort: 0, restMs: 10 };
  const settings = { clock: 'driven', ministry, logLevel: 'warn', ...listening, ...ownNames(data) };
  return startNodeProcess({ node, data, settings });
}

const portalOf = async (node: NodeProcess): Promise<string> =>
  (await node.peer('portal').query<{ address: string }>('addresses', {}))[0]!.address;

async function liveADay(
  node: NodeProcess,
  province: (typeof provinces)[number],
  { stations, hours, seed }: DemoOptions,
  index: number,
  update: (node: string, at: number) => void,
): Promise<NodeResult> {
  const simulation = simulate({
    stations,
    hours: hours + CLOSING_HOURS,
    seed: seed + index,
    start: START,
    provinces: [province.prefix],
  });
  const described = simulation.describe();
  const [registry, ingestion] = [node.peer('station-registry'), node.peer('ingestion')];
  const registered = await registerStations(described.stations, {
    registry,
    compliance: node.peer('enterprise-compliance'),
    provinceCode: province.code,
  });
  await stationsKnown(registry, ingestion);
  const target = await targetOf(ingestion, registered);
  const end = START + (hours + CLOSING_HOURS) * HOUR_MS + STEP_MS;
  const sent = await deliver(target, {
    deliveries: simulation.deliveries(),
    start: START,
    end,
    stepMs: STEP_MS,
    onStep: (at) => update(node.node, at),
  });
  await settled(node);
  const differences = await node.peer('ministry-sync').query<object>('compare', {}, { withinMs: 60_000 });
  const holdings = await holdingsOf(node.peer);
  const faults = faultsFound(described, registered.stations, holdings);
  return { node: node.node, figures: figuresOf(holdings), described, sent, faults, differences };
}
