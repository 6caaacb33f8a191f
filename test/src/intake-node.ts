import { randomUUID } from 'node:crypto';
import type { FileHeld, ObservationSetReceived } from '@quantrac/contracts';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';
import {
  environmentOf,
  eventually,
  freePort,
  type ServiceProcess,
  startService,
  temporaryFolder,
  tester,
} from '@quantrac/testing';
import type { NodeStores } from './node-stores.ts';

export interface Answer {
  readonly path: string;
  readonly outcome: 'accepted' | 'repeat' | 'held' | 'refused' | 'unavailable';
  readonly receipt?: string;
  readonly reason?: string;
  readonly advice?: string;
}

/** One process of ingestion, as its senders and askers meet it; it keeps its ports over restarts. */
export interface Instance {
  readonly peer: Peer;
  readonly httpUrl: string;
  readonly ftpPort: number;
  readonly process: () => ServiceProcess;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Uploads over HTTP as the account; one request. Fails unless the node answered for every file. */
  upload(files: Readonly<Record<string, string>>, account?: string): Promise<readonly Answer[]>;
  clock(to: number): Promise<void>;
}

/** A registry and an ingestion as separate processes on one folder. */
export interface IntakeNode {
  readonly data: string;
  readonly stores: NodeStores;
  readonly registry: Peer;
  readonly ingestion: Instance;
  /** Another instance of ingestion on the same folder. */
  second(instance: string, settings?: Settings): Promise<Instance>;
  sets(station: string, versions?: 'current' | 'all'): Promise<readonly ObservationSetReceived[]>;
  held(state?: string): Promise<readonly FileHeld[]>;
  /** Waits until files are matched to so many stations. */
  known(stations: number): Promise<void>;
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;
/** Which stores a data folder's services work on; the embedded default unless said. */
export type StoresOf = (data: string) => Settings;

export const START = Date.UTC(2026, 0, 15, 1, 0);
const settings = { QUANTRAC_CLOCK: 'driven', QUANTRAC_REST_MS: '20', QUANTRAC_RESERVE_BYTES: '0' };

export async function startIntakeNode(
  data = temporaryFolder(),
  more: Settings = {},
  storesOf: StoresOf = () => ({}),
): Promise<IntakeNode> {
  const servers = storesOf(data);
  const variables = environmentOf(servers);
  const registryProcess = await startService('station-registry', data, variables);
  const registry = connectPeer(`unix:${socketPath(data, 'station-registry')}`);
  const ingestion = await startInstance(data, 'ingestion', { ...variables, ...more });
  const instances = [ingestion];
  await ingestion.clock(START);
  return {
    data,
    stores: { data, ...servers },
    registry,
    ingestion,
    async second(instance, wanted = {}) {
      const own = { ...variables, ...wanted, QUANTRAC_INSTANCE: instance };
      const second = await startInstance(data, `ingestion-${instance}`, own);
      instances.push(second);
      return second;
    },
    sets: (station, versions = 'current') =>
      ingestion.peer.query('received', {
        station,
        from: '2000-01-01T00:00:00.000Z',
        to: '2100-01-01T00:00:00.000Z',
        versions,
        limit: 10_000,
      }),
    held: (state = 'held') => ingestion.peer.query('held', { state, limit: 10_000 }),
    known: (stations) =>
      eventually(async () => {
        const [known] = await ingestion.peer.query<{ stations: number }>('known', {});
        if (known!.stations < stations) throw new Error(`${known!.stations} of ${stations} stations are known`);
      }),
    async stop() {
      await Promise.all(instances.map((instance) => instance.stop()));
      registry.close();
      await registryProcess.stop();
    },
  };
}

async function startInstance(data: string, socket: string, more: Settings): Promise<Instance> {
  const [httpPort, ftpPort] = [await freePort(), await freePort()];
  const ports = { QUANTRAC_HTTP_PORT: String(httpPort), QUANTRAC_FTP_PORT: String(ftpPort) };
  const start = () => startService('ingestion', data, { ...settings, ...ports, ...more });
  let running = await start();
  const peer = connectPeer(`unix:${socketPath(data, socket)}`);
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  return {
    peer,
    httpUrl,
    ftpPort,
    process: () => running,
    async start() {
      running = await start();
    },
    kill: () => running.kill(),
    async stop() {
      peer.close();
      await running.stop();
    },
    async upload(files, account = 'logger') {
      const body = JSON.stringify({ files: Object.entries(files).map(([path, text]) => ({ path, text })) });
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${account}:secret-of-${account}` };
      const response = await fetch(`${httpUrl}/v1/files`, { method: 'POST', headers, body });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
      return (JSON.parse(text) as { files: Answer[] }).files;
    },
    async clock(to) {
      const command = { actor: tester, commandId: randomUUID() };
      await peer.handle('AdvanceClock', { to: new Date(to).toISOString() }, command);
    },
  };
}

export const account = (user = 'logger') => ({ user, password: `secret-of-${user}` });
