import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type { Peer } from '@quantrac/service';
import { type Delivery, dropInFolder, sendOverFtp, sendOverHttp } from '@quantrac/simulator';

/** Where a node takes files in, as the simulated loggers know it. */
export interface Target {
  readonly ingestion: Peer;
  readonly httpUrl: string;
  readonly ftpPort: number;
  readonly inbox: string;
  readonly accountOf: (stationCode: string) => { readonly user: string; readonly password: string };
}

/** What the loggers were told. */
export interface Sent {
  readonly files: number;
  readonly byWay: Readonly<Record<Delivery['way'], number>>;
  readonly refused: number;
}

export interface DeliverOptions {
  readonly deliveries: Iterable<Delivery>;
  readonly start: number;
  /** When the last delivery has left, the clock goes on until here, so that the last hours close. */
  readonly end: number;
  /** So much simulated time a step. */
  readonly stepMs: number;
  /** Simulated over real time; undefined: as fast as the node takes it in. */
  readonly speed?: number | undefined;
  readonly onStep?: (at: number) => void;
}

const actor = { account: 'simulator', role: 'system' as const };
const LOOK_MS = 20;
const FOLDER_PATIENCE_MS = 60_000;

/** Sends deliveries in their order of time, moving the node's clock along: each step's files find it at the step's end. */
export async function deliver(target: Target, options: DeliverOptions): Promise<Sent> {
  const { start, end, stepMs, speed } = options;
  const sent = { files: 0, byWay: { ftp: 0, http: 0, folder: 0 }, refused: 0 };
  const began = Date.now();
  const coming = options.deliveries[Symbol.iterator]();
  let next = coming.next();
  for (let at = start + stepMs; at <= end; at += stepMs) {
    const due: Delivery[] = [];
    for (; !next.done && next.value.at <= at; next = coming.next()) due.push(next.value);
    await target.ingestion.handle(
      'AdvanceClock',
      { to: new Date(at).toISOString() },
      { actor, commandId: randomUUID() },
    );
    if (due.length > 0) await sendAll(target, due, sent);
    options.onStep?.(at);
    if (speed) await pause(began + (at - start) / speed - Date.now());
  }
  return sent;
}

async function sendAll(
  target: Target,
  due: readonly Delivery[],
  sent: { files: number; byWay: Record<Delivery['way'], number>; refused: number },
): Promise<void> {
  const of = (way: Delivery['way']) => due.filter((delivery) => delivery.way === way);
  const refused = await Promise.all([
    overHttp(target, of('http')),
    overFtp(target, of('ftp')),
    throughFolder(target, of('folder')),
  ]);
  sent.files += due.length;
  for (const { way } of due) sent.byWay[way]++;
  sent.refused += refused.reduce((sum, count) => sum + count, 0);
}

async function overHttp({ httpUrl, accountOf }: Target, due: readonly Delivery[]): Promise<number> {
  const keyOf = (code: string) => `${accountOf(code).user}:${accountOf(code).password}`;
  const answers = await sendOverHttp({ url: httpUrl, keyOf }, due);
  return answers.filter(({ outcome }) => outcome === 'refused').length;
}

/** Each logger has a session of its own, all at once. */
async function overFtp({ ftpPort, accountOf }: Target, due: readonly Delivery[]): Promise<number> {
  const sessions = [...Map.groupBy(due, ({ stationCode }) => stationCode).values()];
  const answers = await Promise.all(
    sessions.map((uploads) => sendOverFtp({ host: '127.0.0.1', port: ftpPort, accountOf }, uploads)),
  );
  return answers.flat().filter(({ outcome }) => outcome === 'refused').length;
}

/** What was dropped counts as sent once the node has taken it out of the folder. */
async function throughFolder({ inbox }: Target, due: readonly Delivery[]): Promise<number> {
  await dropInFolder(inbox, due);
  const until = Date.now() + FOLDER_PATIENCE_MS;
  while (due.length > 0 && (holdsFiles(inbox) || holdsFiles(`${inbox}.claimed`))) {
    if (Date.now() > until) throw new Error(`the node has not taken the files out of ${inbox}`);
    await pause(LOOK_MS);
  }
  return 0;
}

/** A folder that goes while it is read is being worked on: it is looked at again. */
function holdsFiles(folder: string): boolean {
  try {
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
    return entries.some((entry) => entry.isFile());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

const pause = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : Promise.resolve());
