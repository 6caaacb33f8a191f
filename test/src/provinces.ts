import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { nodeIdentity, peersOf, socketPath } from '@quantrac/service';
import { type NodeProcess, type NodeProcessOptions, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { environmentOf, type ServiceProcess, startService, temporaryFolder } from '@quantrac/testing';
import { drivenSettings, type Province } from './loggers.ts';

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

export type Settings = Readonly<Record<string, string | number | boolean | null>>;

/** Who ends what was started: a test, or a suite. */
export type Ending = { after(end: () => unknown): void } | TestContext;

/** One process of a province, or its national tier. */
export interface Restartable {
  readonly name: string;
  /** Ended, and started on the same folder. */
  restart(): Promise<void>;
}

export interface Apart {
  readonly province: Province;
  readonly nationalData: string;
  readonly processes: readonly Restartable[];
}

export interface ApartOptions {
  /** Which stores a data folder's services work on; the embedded default unless said. */
  readonly storesOf?: (data: string) => Settings;
  /** How a process is ended: SIGKILL unless said; told to end it must do so in order. */
  readonly ends?: 'killed' | 'told';
  /** Services that have a second instance. */
  readonly twice?: readonly string[];
}

/** Every service of a province in a process of its own, and a national tier in another. */
export async function startApart(t: Ending, options: ApartOptions = {}): Promise<Apart> {
  const { storesOf = embedded, twice = [], ends = 'killed' } = options;
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  nodeIdentity(data, NODE);
  const driven = await drivenSettings();
  // the machine may be slow; that a stop is cut has a test of its own
  const common = { stopWithinMs: 60_000 };
  const settings = { ...common, ...driven, portalPort: 0, ministry: ministryIn(nationalData), ...storesOf(data) };
  const second = { ...settings, instance: 'b', httpPort: 0, ftpPort: 0 };
  const ofNation = { ...common, ...national, ...storesOf(nationalData) };
  const processes = await Promise.all([
    startRestartable(t, serviceOf('national-aggregation', nationalData, ofNation), ends),
    ...services.map((name) => startRestartable(t, serviceOf(name, data, settings), ends)),
    ...twice.map((name) => startRestartable(t, serviceOf(name, data, second), ends)),
  ]);
  return { province: provinceIn(t, data, driven), nationalData, processes };
}

/** The same services in one process, with a national tier of its own. */
export async function startWhole(t: Ending, { storesOf = embedded }: ApartOptions = {}): Promise<Apart> {
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const driven = await drivenSettings();
  const settings = { ...driven, portalPort: 0, ministry: ministryIn(nationalData), ...storesOf(data) };
  const nationalSettings = { ...national, portalPort: 0, ...storesOf(nationalData) };
  const processes = await Promise.all([
    startRestartable(t, nodeOf({ node: 'national', data: nationalData, national: true, settings: nationalSettings })),
    startRestartable(t, nodeOf({ node: NODE, data, settings })),
  ]);
  return { province: provinceIn(t, data, driven), nationalData, processes };
}

const embedded = () => ({});
const national = { port: null, logLevel: 'error' };
const ministryIn = (nationalData: string) => `unix:${socketPath(nationalData, 'national-aggregation')}`;

function provinceIn(t: Ending, data: string, { httpPort, ftpPort }: { httpPort: number; ftpPort: number }): Province {
  const peers = peersOf(data);
  t.after(() => peers.close());
  return { node: NODE, data, peer: peers.peer, httpPort, ftpPort };
}

interface Startable {
  readonly name: string;
  readonly start: () => Promise<Pick<ServiceProcess, 'kill'> & { stop(): Promise<unknown> }>;
}

const serviceOf = (name: string, data: string, settings: Settings): Startable => ({
  name,
  start: () => startService(name, data, environmentOf(settings)),
});

const nodeOf = (options: NodeProcessOptions): Startable => ({
  name: options.node,
  start: (): Promise<NodeProcess> => startNodeProcess(options),
});

async function startRestartable(
  t: Ending,
  { name, start }: Startable,
  ends: ApartOptions['ends'] = 'killed',
): Promise<Restartable> {
  let running = await start();
  t.after(() => running.stop());
  return {
    name,
    async restart() {
      if (ends === 'killed') await running.kill();
      else assert.equal(await running.stop(), 0, `${name} ends in order`);
      running = await start();
    },
  };
}
