import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchOptions } from './bench.ts';
import { type FleetStation, fileAt, SLOT_MS, START, type Upload } from './fleet.ts';
import type { Pair } from './pair.ts';
import { warmUp } from './pipeline.ts';
import { quantile } from './report.ts';
import { connectOverHttp, postOfFile } from './upload-over-http.ts';
import { type Arrivals, watchArrivals } from './watch-arrivals.ts';

const FILES_A_MINUTE = 1000;
/** Stations whose file exceeds a limit, each in one run only: one of so many wastewater stations. */
const EXCEEDING_RUNS = 5;

/** How long a file is under way: to the reading checked, the incident open, the national tier holding it. */
export const latency: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    await warmUp(pair);
    let slot = 0;
    let run = 0;
    const send = (sending: Sending) => sendSlot(pair, slot++, run++, sending);
    const bursts: Times[] = [];
    for (let burst = 0; burst < (quick ? 1 : 3); burst++) bursts.push(await send(atOnce));
    tellTimes(tell, `in bursts of ${pair.fleet.length}`, together(bursts));
    tellTimes(tell, 'at 1,000 files/min', await send(evenly(quick ? 150 : FILES_A_MINUTE)));
  } finally {
    await pair.stop();
  }
};

/** Sends files its way and notes when each had landed. */
type Sending = (pair: Pair, files: readonly Upload[], landed: (file: Upload) => void) => Promise<readonly Upload[]>;

/** From connections that stand already, one a station. */
const atOnce: Sending = async ({ httpPort }, files, landed) => {
  const requests = files.map(postOfFile);
  const uploads = await connectOverHttp(httpPort, files.length);
  for (const file of files) landed(file);
  await uploads.send(requests);
  uploads.close();
  return files;
};

/** Each from a connection of its own: a file that takes long holds up no other. */
const evenly =
  (count: number): Sending =>
  async ({ httpPort }, files, landed) => {
    const sent = files.slice(0, count);
    const began = performance.now();
    const posts = sent.map(async (file, index) => {
      await sleep(Math.max(0, began + (index * 60_000) / FILES_A_MINUTE - performance.now()));
      const uploads = await connectOverHttp(httpPort, 1);
      landed(file);
      await uploads.send([postOfFile(file)]);
      uploads.close();
    });
    await Promise.all(posts);
    return sent;
  };

/** ms, each file's. */
interface Times {
  readonly checked: readonly number[];
  readonly incident: readonly number[];
  readonly national: readonly number[];
}

async function sendSlot(pair: Pair, slot: number, run: number, sending: Sending): Promise<Times> {
  const time = START + (slot + 1) * SLOT_MS;
  const files = pair.fleet.map((station) => fileAt(station, time, exceeds(station, run)));
  await pair.advance(time);
  await pair.acknowledged(0);
  const arrivals = watchArrivals(pair);
  const landed = new Map<Upload, number>();
  const sent = await sending(pair, files, (file) => landed.set(file, performance.now()));
  await pair.acknowledged(sent.length);
  return timesOf(sent, run, landed, await arrivals.stop());
}

const exceeds = ({ index, kind }: FleetStation, run: number): boolean =>
  kind === 'wastewater' && Math.floor(index / 4) % EXCEEDING_RUNS === run;

function timesOf(
  sent: readonly Upload[],
  run: number,
  landed: ReadonlyMap<Upload, number>,
  { checked, incidents, national }: Arrivals,
): Times {
  const since = (arrived: ReadonlyMap<string, number>, key: (file: Upload) => string, files: readonly Upload[]) =>
    files.map((file) => (arrived.get(key(file)) ?? Number.POSITIVE_INFINITY) - landed.get(file)!);
  const set = ({ station, time }: Upload) => `${station.code} ${new Date(time).toISOString()}`;
  return {
    checked: since(checked, set, sent),
    incident: since(
      incidents,
      ({ station }) => station.code,
      sent.filter(({ station }) => exceeds(station, run)),
    ),
    national: since(national, set, sent),
  };
}

const together = (times: readonly Times[]): Times => ({
  checked: times.flatMap(({ checked }) => checked),
  incident: times.flatMap(({ incident }) => incident),
  national: times.flatMap(({ national }) => national),
});

function tellTimes(tell: BenchOptions['tell'], how: string, { checked, incident, national }: Times): void {
  const stages = { 'reading checked': checked, 'incident open': incident, 'national tier holds it': national };
  for (const [stage, times] of Object.entries(stages))
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      tell({ name: `latency ${how}: ${stage}, ${name}`, value: quantile(times, share), unit: 'ms' });
}
