import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { nodeIdentity, peersOf, socketPath, variableOf } from '@quantrac/service';
import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { startService, temporaryFolder } from '@quantrac/testing';
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
export async function startApart(t: TestContext, options: ApartOptions = {}): Promise<Apart> {
  const { storesOf = () => ({}), twice = [], ends = 'killed' } = options;
  const [data, nationalData] = [temporaryFolder(), temporaryFolder()];
  nodeIdentity(data, NODE);
  const ministry = `unix:${socketPath(nationalData, 'national-aggregation')}`;
  const driven = await drivenSettings();
  const settings = { ...driven, portalPort: 0, ministry, ...storesOf(data) };
  const second = { ...settings, instance: 'b', httpPort: 0, ftpPort: 0 };
  const start = (name: string, folder: string, given: Settings) =>
    // the machine may be slow; that a stop is cut has a test of its own
    startRestartable(t, name, { folder, settings: { stopWithinMs: 60_000, ...given }, ends });
  const processes = await Promise.all([
    start('national-aggregation', nationalData, { port: null, logLevel: 'error', ...storesOf(nationalData) }),
    ...services.map((name) => start(name, data, settings)),
    ...twice.map((name) => start(name, data, second)),
  ]);
  const peers = peersOf(data);
  t.after(() => peers.close());
  const { httpPort, ftpPort } = driven;
  return { province: { node: NODE, data, peer: peers.peer, httpPort, ftpPort }, nationalData, processes };
}

interface RestartableOptions {
  readonly folder: string;
  readonly settings: Settings;
  readonly ends: 'killed' | 'told';
}

async function startRestartable(
  t: TestContext,
  name: string,
  { folder, settings, ends }: RestartableOptions,
): Promise<Restartable> {
  const variables = Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [variableOf(setting), String(value)]),
  );
  let running = await startService(name, folder, variables);
  t.after(() => running.stop());
  return {
    name,
    async restart() {
      if (ends === 'killed') await running.kill();
      else assert.equal(await running.stop(), 0, `${name} ends in order`);
      running = await startService(name, folder, variables);
    },
  };
}

/** The same services in one process on the embedded default, with a national tier of its own. */
export async function startWhole(t: TestContext): Promise<Province> {
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
