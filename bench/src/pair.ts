import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplicationAdvanced } from '@quantrac/contracts';
import { type ApartOptions, startApart } from './apart.ts';
import { type FleetStation, fleetOf } from './fleet.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { registerFleet } from './register-fleet.ts';
import { watchStore } from './watch-store.ts';

/** A province with its fleet registered and the national tier that it replicates to, each its own process. */
export interface Pair {
  readonly province: NodeProcess;
  readonly national: NodeProcess;
  readonly fleet: readonly FleetStation[];
  readonly httpPort: number;
  readonly ftpPort: number;
  readonly inbox: string;
  /** Moves the province's clock, which files and slots are compared with. */
  advance(to: number): Promise<void>;
  /** When the national tier held the last record of all that was sent, ms of `performance.now()`; waits for it. */
  acknowledged(sets: number): Promise<number>;
  /** Ends both nodes and leaves what they wrote. */
  halt(): Promise<void>;
  /** Removes it too. */
  stop(): Promise<void>;
}

export interface PairOptions {
  /** Flags of Node that are tried, such as `--max-semi-space-size=64`. */
  readonly execArgv?: readonly string[];
}

interface NodesOptions extends PairOptions {
  /** Settings of the stores of the node that works on a data folder; the embedded default unless said. */
  readonly storesOf?: (data: string) => Readonly<Record<string, string>>;
  /** The province's services are processes of their own. */
  readonly apart?: boolean;
}

const LOOK_MS = 5;
/** Nothing comes any more once nothing has come for so long. */
const QUIET_MS = 1500;
const PATIENCE_MS = 240_000;
const by = () => ({ actor: { account: 'bench', role: 'system' as const }, commandId: randomUUID() });

/** Registers the fleet once; every pair begins with a copy of that folder. Returns how to start pairs, and how to clear up. */
export async function preparePairs(stations: number) {
  const template = mkdtempSync(join(tmpdir(), 'quantrac-bench-'));
  const fleet = fleetOf(stations);
  const nodes = await startNodes(template);
  await registerFleet(fleet, nodes.province.peer('station-registry'), nodes.province.peer('enterprise-compliance'));
  const seen = watchStore(nodes.national.data, 'national-aggregation');
  await acknowledgements(nodes.province, seen.journalSize)(stations);
  seen.close();
  await nodes.stop();
  return {
    start: (options: PairOptions = {}) => startPair(template, fleet, options),
    clear: () => rmSync(template, { recursive: true, force: true }),
  };
}

/** A pair on servers, its fleet registered anew: what it holds cannot be copied. */
export async function startPairOnServers(stations: number, options: NodesOptions): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'quantrac-bench-'));
  const fleet = fleetOf(stations);
  const nodes = await startNodes(folder, options);
  const { peer } = nodes.province;
  await registerFleet(fleet, peer('station-registry'), peer('enterprise-compliance'));
  const journalSize = async () =>
    (await peer('ministry-sync').query<ReplicationAdvanced>('replication', {}))[0]!.acknowledged;
  return pairOf(nodes, fleet, { folder, journalSize, close: () => {} });
}

async function startPair(template: string, fleet: readonly FleetStation[], options: PairOptions): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'quantrac-bench-'));
  cpSync(template, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const nodes = await startNodes(folder, options);
  return pairOf(nodes, fleet, { folder, ...watchStore(nodes.national.data, 'national-aggregation') });
}

type Size = () => number | Promise<number>;

interface Watched {
  readonly folder: string;
  /** Records that the national tier holds. */
  readonly journalSize: Size;
  readonly close: () => void;
}

async function pairOf(
  { province, national, stop }: Awaited<ReturnType<typeof startNodes>>,
  fleet: readonly FleetStation[],
  { folder, journalSize, close }: Watched,
): Promise<Pair> {
  await known(province, fleet.length);
  const acknowledged = acknowledgements(province, journalSize);
  await acknowledged(0);
  let halted: Promise<void> | undefined;
  const halt = () => {
    if (!halted) close();
    halted ??= stop();
    return halted;
  };
  return {
    province,
    national,
    fleet,
    ...(await addresses(province)),
    acknowledged,
    async advance(to) {
      await province.peer('ingestion').handle('AdvanceClock', { to: new Date(to).toISOString() }, by());
    },
    halt,
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A national tier, and a province that replicates to it. */
async function startNodes(folder: string, { execArgv = [], storesOf = () => ({}), apart }: NodesOptions = {}) {
  const tier = { port: 0, portalPort: 0, portalTier: 'national', logLevel: 'warn' };
  const start = (name: 'national' | 'province', own: ApartOptions['settings']) => {
    const data = join(folder, name);
    const settings = { ...own, ...storesOf(data) };
    if (apart && name === 'province') return startApart({ data, node: name, settings });
    return startNodeProcess({ tier: name, data, node: name, settings }, execArgv);
  };
  const national = await start('national', tier);
  const [ministry] = await national.peer('national-aggregation').query<{ address: string }>('addresses', {});
  const ways = { clock: 'driven', ftpPort: 0, httpPort: 0, portalPort: 0, restMs: 20 };
  const province = await start('province', { ...ways, ministry: ministry!.address, logLevel: 'warn' });
  return {
    province,
    national,
    async stop() {
      await province.stop();
      await national.stop();
    },
  };
}

async function addresses(province: NodeProcess): Promise<Pick<Pair, 'httpPort' | 'ftpPort' | 'inbox'>> {
  const rows = await province.peer('ingestion').query<{ way: string; address: string }>('addresses', {});
  const address = (way: string) => rows.find((row) => row.way === way)!.address;
  return {
    httpPort: Number(new URL(address('http')).port),
    ftpPort: Number(new URL(address('ftp')).port),
    inbox: address('folder'),
  };
}

async function known(province: NodeProcess, stations: number): Promise<void> {
  for (;;) {
    const [row] = await province.peer('ingestion').query<{ stations: number }>('known', {});
    if ((row?.stations ?? 0) >= stations) return;
    await sleep(50);
  }
}

/** Looks into the national file, which costs the nodes nothing; asks the province only whether it agrees that all is there. */
function acknowledgements(province: NodeProcess, journalSize: Size): Pair['acknowledged'] {
  let before = 0;
  return async (sets) => {
    const until = performance.now() + PATIENCE_MS;
    for (let [size, grew] = [await journalSize(), performance.now()]; ; await sleep(LOOK_MS)) {
      const now = performance.now();
      if (now > until) throw new Error(`the national tier holds ${size} records, and more should come`);
      const current = await journalSize();
      if (current !== size) [size, grew] = [current, now];
      if (size < before + sets || now - grew < QUIET_MS) continue;
      const [journal] = await province.peer('ministry-sync').query<ReplicationAdvanced>('replication', {});
      if (journal!.appended !== size || journal!.acknowledged !== size) continue;
      before = size;
      return grew;
    }
  };
}
