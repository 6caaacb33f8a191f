import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@quantrac/event-sourcing';
import type { Running, Surroundings } from '@quantrac/service';
import type { Receive } from '../arrivals/arrival.ts';
import { stemOf } from '../arrivals/folder-adoption.ts';
import { claimFolderFor } from '../arrivals/folder-claims.ts';
import { type FolderWatcher, watchFolder } from '../arrivals/folder-watcher.ts';
import { openFtpServer } from '../arrivals/ftp-server.ts';
import { type HttpUploadOptions, openHttpUpload } from '../arrivals/http-upload.ts';
import { loginGuard } from '../arrivals/login-guard.ts';
import { refusalCounts } from '../arrivals/refusals.ts';
import type { WhileFull } from '../arrivals/spool.ts';
import type { IngestionSettings } from '../config.ts';
import { registryCredentials } from './credentials.ts';

const SCAN_EVERY_MS = 2000;

/** The ways by which files come in. */
export interface Listeners extends Running {
  readonly addresses: readonly { readonly way: 'http' | 'ftp' | 'folder'; readonly address: string }[];
  /** What was turned away since the start, by reason. */
  readonly refusals: () => Readonly<Record<string, number>>;
  /** Resolves when what waited in the watched folder has been answered. */
  readonly caughtUp: Promise<void>;
}

interface Opened {
  readonly address: Listeners['addresses'][number];
  readonly stop: () => Promise<void>;
  readonly caughtUp?: Promise<void>;
}

/** Opens FTP, HTTP and the watched folder, as the settings want them. Throws the Fault `invalid` that names all it cannot open. */
export async function openListeners(
  settings: IngestionSettings,
  surroundings: Surroundings,
  receiveFile: Receive,
  whileFull: WhileFull,
): Promise<Listeners> {
  const guard = loginGuard();
  const refusals = refusalCounts();
  const receive: Receive = async (arrival) => {
    const answer = await receiveFile(arrival);
    if (answer.outcome === 'refused') refusals.note(answer.reason);
    return answer;
  };
  const common = {
    host: settings.host,
    receive,
    credentials: registryCredentials(surroundings.peer('station-registry'), Date.now),
    guard,
    refused: refusals.note,
    log: surroundings.log,
    ...tlsOf(settings),
  };
  const results = await Promise.allSettled([
    ...(settings.httpPort === null ? [] : [openHttp(settings.httpPort, settings, common)]),
    ...(settings.ftpPort === null ? [] : [openFtp(settings.ftpPort, settings, surroundings, { ...common, whileFull })]),
    ...(settings.watchedFolder === null ? [] : [openFolder(settings, surroundings, receive)]),
  ]);
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => void (await Promise.all(opened.map((one) => one.stop())));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (failures.length > 0) {
    await stop();
    throw Fault.invalid('CannotListen', failures.map(({ message }) => message).join('\n'));
  }
  return {
    addresses: opened.map(({ address }) => address),
    refusals: () => ({
      ...refusals.counts(),
      LoginWrong: guard.counts().failed,
      LoginTooOften: guard.counts().refused,
    }),
    caughtUp: Promise.all(opened.map(({ caughtUp }) => caughtUp)).then(
      () => {},
      (error) => surroundings.log.error({ error }, 'what waited in the watched folder could not be looked at'),
    ),
    stop,
  };
}

/** Instances of one node share its folder, and nothing that only one may touch. */
export const ofInstance = (name: string, { instance }: Pick<IngestionSettings, 'instance'>): string =>
  instance === undefined ? name : `${name}-${instance}`;

type Common = Omit<HttpUploadOptions, 'port' | 'trustedProxies' | 'limits'>;

async function openHttp(port: number, { host, trustedProxies }: IngestionSettings, common: Common): Promise<Opened> {
  const opening = openHttpUpload({ ...common, port, trustedProxies });
  const server = await opening.catch(cannotListen('QUANTRAC_HTTP_PORT', host, port));
  const address = `${common.tls ? 'https' : 'http'}://${host}:${server.port}`;
  return { address: { way: 'http', address }, stop: () => server.close() };
}

async function openFtp(
  port: number,
  settings: IngestionSettings,
  { data }: Surroundings,
  common: Common & { readonly whileFull: WhileFull },
): Promise<Opened> {
  const { host, ftpPassiveFrom, ftpPassiveTo, ftpPublicAddress } = settings;
  const opening = openFtpServer({
    ...common,
    port,
    passive: { from: ftpPassiveFrom, to: ftpPassiveTo },
    spool: join(data, ofInstance('spool', settings)),
    ...(ftpPublicAddress && { publicAddress: ftpPublicAddress }),
  });
  const server = await opening.catch(cannotListen('QUANTRAC_FTP_PORT', host, port));
  return { address: { way: 'ftp', address: `ftp://${host}:${server.port}` }, stop: () => server.close() };
}

async function openFolder(settings: IngestionSettings, { data, log }: Surroundings, receive: Receive): Promise<Opened> {
  const { restMs, watchedFolder } = settings;
  const root = watchedFolder ?? join(data, 'inbox');
  mkdirSync(root, { recursive: true });
  const claimFolder = claimFolderFor(root, ofInstance('claimed', settings));
  const watcher = await watchFolder({
    root,
    receive,
    restMs,
    scanEveryMs: SCAN_EVERY_MS,
    claimFolder,
    claimStem: stemOf(claimFolder, settings.instance),
    log,
  });
  return {
    address: { way: 'folder', address: root },
    caughtUp: allTaken(watcher, restMs),
    stop: () => watcher.close(),
  };
}

/** What lies there must rest before it is taken. */
async function allTaken(watcher: FolderWatcher, restMs: number): Promise<void> {
  await watcher.scanNow();
  await sleep(2 * restMs);
  await watcher.scanNow();
}

function tlsOf({ tlsCertificate, tlsKey }: IngestionSettings) {
  if (!tlsCertificate || !tlsKey) return {};
  return { tls: { cert: readFileSync(tlsCertificate, 'utf8'), key: readFileSync(tlsKey, 'utf8') } };
}

const cannotListen =
  (setting: string, host: string, port: number) =>
  (error: Error): never => {
    throw new Error(
      `${setting}: cannot listen on ${host}:${port} (${(error as { code?: string }).code ?? error.message})`,
    );
  };
