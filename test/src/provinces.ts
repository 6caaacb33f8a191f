import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { nodeIdentity, peersOf, socketPath } from '@quantrac/service';
import { type NodeProcess, type NodeProcessOptions, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { environmentOf, provinceServices, type ServiceProcess, startService, temporaryFolder } from '@quantrac/testing';
import { drivenSettings, type Province } from './loggers.ts';

const NODE = 'hcm';
export type Settings = Readonly<Record<string, string | number | boolean | null>>;

/** Who ends what was started: a test, or a suite. */
export type Ending = { after(end: () => unknown): void } | TestContext;

/** Of a suite: ends in reverse what was started. */
export function endings() {
  const ends: (() => unknown)[] = [];
  return {
    ending: { after: (end: () => unknown) => void ends.push(end) },
    async end() {
      for (const each of ends.splice(0).reverse()) await each();
    },
  };
}

/** One process of a province, or its national tier. */
export interface Restartable {
  readonly name: string;
  /** Ended, and started on the same folder. */
  restart(): Promise<void>;
  kill(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT, for example. */
  signal(name: NodeJS.Signals): void;
}

export interface Apart {
  readonly province: Province;
  readonly nationalData: string;
  readonly processes: readonly Restartable[];
  /** One more process of a service. */
  add(name: string, instance: string): Promise<Restartable>;
  /** A service that was left out. */
  begin(name: string): Promise<Restartable>;
}

export interface ApartOptions {
  /** Which stores a data folder's services work on; the embedded default unless said. */
  readonly storesOf?: (data: string) => Settings;
  /** Those of the national tier, where they are others. */
  readonly nationalStoresOf?: (data: string) => Settings;
  /** How a process is ended: SIGKILL unless said; told to end it must do so in order. */
  readonly ends?: 'killed' | 'told';
  /** Services that have a second instance. */
  readonly twice?: readonly string[];
  /** Services that are not started, for now. */
  readonly without?: readonly string[];
}

/** Every service of a province in a process of its own, and a national tier in another. */
export async function startApart(t: Ending, options: ApartOptions = {}): Promise<Apart> {
  const { storesOf = embedded, nationalStoresOf = storesOf, twice = [], without = [], ends = 'killed' } = options;
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  nodeIdentity(data, NODE);
  const driven = await drivenSettings();
  // the machine may be slow; that a stop is cut has a test of its own
  const common = { stopWithinMs: 60_000 };
  const settings = { ...common, ...driven, portalPort: 0, ministry: ministryIn(nationalData), ...storesOf(data) };
  const add = (name: string, instance: string) =>
    startRestartable(t, serviceOf(name, data, { ...settings, instance, httpPort: 0, ftpPort: 0 }), ends);
  const begin = (name: string) => startRestartable(t, serviceOf(name, data, settings), ends);
  const ofNation = { ...common, ...national, ...nationalStoresOf(nationalData) };
  const processes = await allStarted([
    startRestartable(t, serviceOf('national-aggregation', nationalData, ofNation), ends),
    ...provinceServices.filter((name) => !without.includes(name)).map(begin),
    ...twice.map((name) => add(name, 'b')),
  ]);
  return { province: provinceIn(t, data, driven), nationalData, processes, add, begin };
}

/** The same services in one process, with a national tier of its own. */
export async function startWhole(t: Ending, options: ApartOptions = {}): Promise<Apart> {
  const { storesOf = embedded, nationalStoresOf = storesOf } = options;
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  const driven = await drivenSettings();
  const settings = { ...driven, portalPort: 0, ministry: ministryIn(nationalData), ...storesOf(data) };
  const nationalSettings = { ...national, portalPort: 0, ...nationalStoresOf(nationalData) };
  const processes = await allStarted([
    startRestartable(t, nodeOf({ node: 'national', data: nationalData, national: true, settings: nationalSettings })),
    startRestartable(t, nodeOf({ node: NODE, data, settings })),
  ]);
  const add = () => Promise.reject(new Error('a process that holds a whole node is alone on its folder'));
  return { province: provinceIn(t, data, driven), nationalData, processes, add, begin: add };
}

/** When one does not start the others are waited for, since only what has started can be ended. */
async function allStarted(starting: readonly Promise<Restartable>[]): Promise<readonly Restartable[]> {
  const settled = await Promise.allSettled(starting);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
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
  readonly start: () => Promise<Pick<ServiceProcess, 'kill' | 'signal'> & { stop(): Promise<unknown> }>;
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
  const again = async () => {
    running = await start();
  };
  return {
    name,
    kill: () => running.kill(),
    stop: async () => void (await running.stop()),
    start: again,
    async restart() {
      if (ends === 'killed') await running.kill();
      else assert.equal(await running.stop(), 0, `${name} ends in order`);
      await again();
    },
    signal: (signal) => running.signal(signal),
  };
}
