import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StationRecorded, topics } from '@quantrac/contracts';
import type { Running, ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
import { intakeCommands } from './api/commands.ts';
import { intakeQueries } from './api/queries.ts';
import type { Receive } from './arrivals/arrival.ts';
import { watchFolder } from './arrivals/folder-watcher.ts';
import { openFtpServer } from './arrivals/ftp-server.ts';
import { openHttpUpload } from './arrivals/http-upload.ts';
import { loginGuard } from './arrivals/login-guard.ts';
import type { IngestionSettings } from './config.ts';
import { type HeldDocument, intake } from './domain/intake.ts';
import { type Advancer, advancer } from './intake/advancer.ts';
import { drivenClock, systemClock } from './intake/clock.ts';
import { registryCredentials } from './intake/credentials.ts';
import { directoryProcessor, followStations, type LiveDirectory } from './intake/live-directory.ts';
import { receiptNumbers } from './intake/receipt-numbers.ts';
import { type ReceiverOptions, receive, release } from './intake/receiver.ts';
import { heldThatMayBeFree, releaseAll } from './intake/releases.ts';
import { takeIn } from './intake/take-in.ts';

const TICK_MS = 1000;
const SCAN_EVERY_MS = 2000;

/** Receives files, gives every line its place, and tells how far each station has been received. */
export function ingestionService(
  stores: Stores,
  settings: IngestionSettings,
  surroundings: Surroundings,
): ServiceDefinition {
  const { node, log } = surroundings;
  const clock = (settings.clock === 'driven' ? drivenClock : systemClock)(surroundings.clock);
  const numbers = receiptNumbers(stores.documents);
  let take: ReturnType<typeof takeIn>;
  let live: LiveDirectory;
  let advancing: Advancer;
  const addresses: { way: string; address: string }[] = [];
  const directory = () => live.current();
  const options: ReceiverOptions = {
    node,
    directory,
    blobs: stores.blobs,
    numbers,
    take: (entry) => take(entry),
    clock: clock.now,
    aheadMs: settings.aheadMs,
    missingCodes: settings.missingCodes,
    progressed: (station, state) => advancing.progressed(station, state),
  };
  const releaseOne = (document: HeldDocument, assigned?: StationRecorded) => release(document, options, assigned);
  const takeArrival: Receive = (arrival) => receive(arrival, options);

  const runIntake = async (): Promise<Running> => {
    take = takeIn(surroundings.step(intake));
    advancing = advancer({
      stations: () => directory().all(),
      take,
      graceMs: settings.graceMs,
      openSince: clock.now(),
    });
    const freed = async (changed: readonly StationRecorded[]) => {
      await releaseAll(await heldThatMayBeFree(stores.documents, changed), releaseOne);
    };
    live = await followStations(stores.documents, async (changed) => {
      // The directory must be in place before what it frees is matched by it.
      setImmediate(
        () => void freed(changed).catch((error) => log.warn({ error }, 'held files could not be read again')),
      );
    });
    return {
      async stop() {
        await live.stop();
        await take.idle();
      },
    };
  };
  const runTicks = async (): Promise<Running> => {
    let ticking = Promise.resolve();
    const tick = () => {
      ticking = advancing.tick(clock.now()).catch((error) => log.warn({ error }, 'the clock could not be told'));
    };
    const timer = settings.clock === 'system' ? setInterval(tick, TICK_MS) : undefined;
    return {
      async stop() {
        clearInterval(timer);
        await ticking;
      },
    };
  };
  const advance = async (to: number) => {
    clock.advance(to);
    await take.idle();
    await advancing.tick(to);
  };

  return {
    name: 'ingestion',
    topics: [topics.observationsReceived, topics.intakeHeld],
    processors: [directoryProcessor],
    relays: [],
    commands: intakeCommands({
      documents: stores.documents,
      directory,
      release: releaseOne,
      take: options.take,
      advance,
    }),
    queries: intakeQueries({
      stores,
      directory,
      now: clock.now,
      graceMs: settings.graceMs,
      addresses: () => addresses,
    }),
    run: [runIntake, ...listeners(settings, surroundings, takeArrival, addresses), runTicks],
  };
}

/** FTP, HTTP and the watched folder, as the settings want them. */
function listeners(
  settings: IngestionSettings,
  { data, log, peer }: Surroundings,
  takeArrival: Receive,
  addresses: { way: string; address: string }[],
): (() => Promise<Running>)[] {
  const { host, ftpPort, httpPort, tlsCertificate, tlsKey } = settings;
  const tls =
    tlsCertificate && tlsKey
      ? { cert: readFileSync(tlsCertificate, 'utf8'), key: readFileSync(tlsKey, 'utf8') }
      : undefined;
  const credentials = registryCredentials(peer('station-registry'), Date.now);
  const guard = loginGuard();
  const common = { host, receive: takeArrival, credentials, guard, log, ...(tls && { tls }) };
  const open: (() => Promise<Running>)[] = [];
  if (httpPort !== null)
    open.push(async () => {
      const server = await openHttpUpload({ ...common, port: httpPort, trustedProxies: settings.trustedProxies });
      addresses.push({ way: 'http', address: `${tls ? 'https' : 'http'}://${host}:${server.port}` });
      return { stop: () => server.close() };
    });
  if (ftpPort !== null)
    open.push(async () => {
      const passive = { from: settings.ftpPassiveFrom, to: settings.ftpPassiveTo };
      const spool = join(data, 'spool');
      const server = await openFtpServer({
        ...common,
        port: ftpPort,
        passive,
        spool,
        ...(settings.ftpPublicAddress && { publicAddress: settings.ftpPublicAddress }),
      });
      addresses.push({ way: 'ftp', address: `ftp://${host}:${server.port}` });
      return { stop: () => server.close() };
    });
  const root = settings.watchedFolder === undefined ? join(data, 'inbox') : settings.watchedFolder;
  if (root !== null)
    open.push(async () => {
      mkdirSync(root, { recursive: true });
      const watcher = await watchFolder({
        root,
        receive: takeArrival,
        restMs: settings.restMs,
        scanEveryMs: SCAN_EVERY_MS,
        claimFolder: `${root}.claimed`,
        log,
      });
      addresses.push({ way: 'folder', address: root });
      return { stop: () => watcher.close() };
    });
  return open;
}
