import { randomUUID } from 'node:crypto';
import type { FileHeld, ObservationSetReceived } from '@quantrac/contracts';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';
import { eventually, type ServiceProcess, startService, temporaryFolder, tester } from '@quantrac/testing';

export interface Answer {
  readonly path: string;
  readonly outcome: 'accepted' | 'repeat' | 'held' | 'refused';
  readonly receipt?: string;
  readonly reason?: string;
  readonly advice?: string;
}

/** A registry and an ingestion as separate processes on one folder, as their senders and askers meet them. */
export interface IntakeNode {
  readonly data: string;
  readonly registry: Peer;
  readonly ingestion: Peer;
  readonly processes: { registry: ServiceProcess; ingestion: ServiceProcess };
  httpUrl(): Promise<string>;
  ftpPort(): Promise<number>;
  /** Uploads over HTTP as the account. */
  upload(files: Readonly<Record<string, string>>, account?: string): Promise<readonly Answer[]>;
  clock(to: number): Promise<void>;
  /** Waits until ingestion has heard of the station. */
  known(station: string): Promise<void>;
  sets(station: string, versions?: 'current' | 'all'): Promise<readonly ObservationSetReceived[]>;
  held(state?: string): Promise<readonly FileHeld[]>;
  stop(): Promise<void>;
}

export const START = Date.UTC(2026, 0, 15, 1, 0);
const settings = { QUANTRAC_CLOCK: 'driven', QUANTRAC_HTTP_PORT: '0', QUANTRAC_FTP_PORT: '0', QUANTRAC_REST_MS: '20' };

export async function startIntakeNode(data = temporaryFolder()): Promise<IntakeNode> {
  const processes = {
    registry: await startService('station-registry', data),
    ingestion: await startService('ingestion', data, settings),
  };
  const registry = connectPeer(`unix:${socketPath(data, 'station-registry')}`);
  const ingestion = connectPeer(`unix:${socketPath(data, 'ingestion')}`);
  const address = async (way: string) => {
    const rows = await ingestion.query<{ way: string; address: string }>('addresses', {});
    return rows.find((row) => row.way === way)!.address;
  };
  const httpUrl = () => address('http');
  const upload: IntakeNode['upload'] = async (files, account = 'logger') => {
    const body = JSON.stringify({ files: Object.entries(files).map(([path, text]) => ({ path, text })) });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${account}:secret-of-${account}` };
    const response = await fetch(`${await httpUrl()}/v1/files`, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
    return (JSON.parse(text) as { files: Answer[] }).files;
  };
  const clock = async (to: number) => {
    await ingestion.handle(
      'AdvanceClock',
      { to: new Date(to).toISOString() },
      { actor: tester, commandId: randomUUID() },
    );
  };
  await eventually(() => ingestion.query('addresses', {}));
  await clock(START);
  return {
    data,
    registry,
    ingestion,
    processes,
    httpUrl,
    ftpPort: async () => Number(new URL(await address('ftp')).port),
    upload,
    clock,
    async known(station) {
      await eventually(() => ingestion.query('ledger', { station, day: '2026-01-15' }));
    },
    sets: (station, versions = 'current') =>
      ingestion.query('received', {
        station,
        from: '2000-01-01T00:00:00.000Z',
        to: '2100-01-01T00:00:00.000Z',
        versions,
      }),
    held: (state = 'held') => ingestion.query('held', { state }),
    async stop() {
      registry.close();
      ingestion.close();
      await processes.ingestion.stop();
      await processes.registry.stop();
    },
  };
}

export const account = (user = 'logger') => ({ user, password: `secret-of-${user}` });
