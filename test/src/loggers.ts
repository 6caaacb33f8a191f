import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from '@quantrac/service';
import { type Delivery, dropInFolder, type Simulation, sendOverFtp, sendOverHttp } from '@quantrac/simulator';
import { registerStations } from '@quantrac/standalone/demo/register';
import { eventually, freePort, tester } from '@quantrac/testing';

/** A province as its loggers and askers meet it, whichever processes it consists of. */
export interface Province {
  readonly node: string;
  readonly data: string;
  readonly peer: (service: string) => Peer;
  readonly httpPort: number;
  readonly ftpPort: number;
}

export interface Loggers {
  readonly province: Province;
  /** Ids by the codes of the simulation. */
  readonly stations: ReadonlyMap<string, string>;
  readonly accountOf: (stationCode: string) => { readonly user: string; readonly password: string };
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const STEP_MS = 5 * MINUTE_MS;
/** What waits for a service, or a server, that is being started again. */
const patience = { withinMs: 240_000, everyMs: 50 };

/** Settings of a province whose loggers find it at the same ports after every start. */
export const drivenSettings = async () => ({
  clock: 'driven',
  httpPort: await freePort(),
  ftpPort: await freePort(),
  restMs: 10,
  reserveBytes: 0,
  logLevel: 'error',
});

/** Registers the simulated stations, and waits until files are matched to them. */
export async function registerLoggers(province: Province, simulation: Simulation): Promise<Loggers> {
  const described = simulation.describe().stations;
  const { stations, accounts } = await registerStations(described, {
    registry: province.peer('station-registry'),
    compliance: province.peer('enterprise-compliance'),
    provinceCode: '79',
  });
  await eventually(async () => {
    const [known] = await province.peer('ingestion').query<{ stations: number }>('known', {});
    if (known!.stations < described.length) throw new Error('ingestion has not heard of every station yet');
  });
  return { province, stations, accountOf: (code) => accounts.get(code)! };
}

export interface LiveOptions {
  readonly deliveries: Iterable<Delivery>;
  readonly start: number;
  readonly end: number;
  /** So far the clock moves at once; 5 minutes unless said. */
  readonly stepMs?: number;
  /** Told before the files of a step leave. */
  readonly onStep?: (step: number) => void | Promise<void>;
}

/**
 * Lets simulated time pass: loggers send what is due, and again until it is acknowledged, however often the node is gone meanwhile. All that
 * was acknowledged, in the end.
 */
export async function live(
  loggers: Loggers,
  { deliveries, start, end, stepMs = STEP_MS, onStep }: LiveOptions,
): Promise<Delivery[]> {
  const acknowledged: Delivery[] = [];
  const coming = deliveries[Symbol.iterator]();
  let next = coming.next();
  for (let step = 1, at = start + stepMs; at <= end; step++, at += stepMs) {
    const due: Delivery[] = [];
    for (; !next.done && next.value.at <= at; next = coming.next()) due.push(next.value);
    await eventually(() => moveClock(loggers.province, at), patience);
    await onStep?.(step);
    await sendUntilAcknowledged(loggers, due);
    acknowledged.push(...due);
  }
  return acknowledged;
}

export const stepsOf = ({ start, end }: Pick<LiveOptions, 'start' | 'end'>): number =>
  Math.floor((end - start) / STEP_MS);

/** What the first station has to say between two times arrives later, the newest first. */
export function* withBackfill(
  simulation: Simulation,
  silent: { readonly from: number; readonly to: number; readonly sends: number },
): Iterable<Delivery> {
  const [late] = simulation.describe().stations;
  const kept: Delivery[] = [];
  for (const delivery of simulation.deliveries()) {
    const { at, stationCode } = delivery;
    if (at >= silent.sends) for (const one of kept.splice(0).reverse()) yield { ...one, at };
    if (stationCode === late!.code && at >= silent.from && at < silent.to) kept.push(delivery);
    else yield delivery;
  }
}

export const moveClock = ({ peer }: Pick<Province, 'peer'>, to: number): Promise<unknown> =>
  peer('ingestion').handle(
    'AdvanceClock',
    { to: new Date(to).toISOString() },
    { actor: tester, commandId: randomUUID() },
  );

/** By the way of each station, its files in order; again until they are acknowledged. */
export async function sendUntilAcknowledged(loggers: Loggers, due: readonly Delivery[]): Promise<void> {
  const sessions = [...Map.groupBy(due, ({ way, stationCode }) => `${way} ${stationCode}`).values()];
  await Promise.all(sessions.map((uploads) => eventually(() => ways[uploads[0]!.way](loggers, uploads), patience)));
}

const ways: Readonly<Record<Delivery['way'], (loggers: Loggers, uploads: readonly Delivery[]) => Promise<void>>> = {
  async http({ province, accountOf }, uploads) {
    const keyOf = (code: string) => `${accountOf(code).user}:${accountOf(code).password}`;
    refuseRefused(await sendOverHttp({ url: `http://127.0.0.1:${province.httpPort}`, keyOf }, uploads));
  },
  async ftp({ province, accountOf }, uploads) {
    refuseRefused(await sendOverFtp({ host: '127.0.0.1', port: province.ftpPort, accountOf }, uploads));
  },
  async folder({ province }, uploads) {
    const inbox = join(province.data, 'inbox');
    await dropInFolder(inbox, uploads);
    await eventually(() => {
      if (holdsFiles(inbox) || holdsFiles(`${inbox}.claimed`)) throw new Error(`files still lie in ${inbox}`);
    }, patience);
  },
};

function refuseRefused(answers: readonly { outcome: string; path: string; reason?: string }[]): void {
  const refused = answers.find(({ outcome }) => outcome === 'refused');
  if (refused) throw new Error(`${refused.path} was refused: ${refused.reason}`);
}

const holdsFiles = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile());
