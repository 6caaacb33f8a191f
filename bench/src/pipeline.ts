import type { Bench, BenchOptions } from './bench.ts';
import { stage } from './drop-files.ts';
import { durableWrites } from './durable-writes.ts';
import { CHANNELS, filesInTimeOrder, filesOfHour, HOUR_MS, START, type Upload } from './fleet.ts';
import type { Usage } from './node-process.ts';
import type { Pair } from './pair.ts';
import { median } from './report.ts';
import { connectOverHttp, type HttpRequest, postOfFile, postOfFiles } from './upload-over-http.ts';

const ROUNDS = 3;
const GOAL = 'the goal of 30,000';
const CONNECTIONS = 64;
const FILES_A_REQUEST = 100;
const REQUESTS_AT_ONCE = 4;

/** Makes ready what is not measured; returns how to send an hour's files. */
type Way = (pair: Pair, files: readonly Upload[]) => Promise<() => Promise<void>>;

const overHttp = async (port: number, requests: readonly HttpRequest[], connections: number) => {
  const uploads = await connectOverHttp(port, connections);
  return async () => {
    await uploads.send(requests);
    uploads.close();
  };
};

/** A file a request. */
export const byHttp: Way = ({ httpPort }, files) => overHttp(httpPort, files.map(postOfFile), CONNECTIONS);

/** A hundred files a request. */
export const byHttpTogether: Way = ({ httpPort }, files) => {
  const requests = Array.from({ length: Math.ceil(files.length / FILES_A_REQUEST) }, (_, at) =>
    postOfFiles(files.slice(at * FILES_A_REQUEST, (at + 1) * FILES_A_REQUEST)),
  );
  return overHttp(httpPort, requests, REQUESTS_AT_ONCE);
};

const byFolder: Way = async ({ inbox }, files) => {
  const staged = stage(inbox, files);
  return async () => {
    for (const index of files.keys()) staged.drop(index);
  };
};

const ways: Readonly<Record<string, { readonly way: Way; readonly filesOf: typeof filesOfHour }>> = {
  'http, a file a request': { way: byHttp, filesOf: filesOfHour },
  'http, 100 files a request': { way: byHttpTogether, filesOf: filesOfHour },
  'http, 100 files a request, time by time': { way: byHttpTogether, filesOf: filesInTimeOrder },
  folder: { way: byFolder, filesOf: filesOfHour },
};

/** Hours that come unmeasured first. */
const WARM_UP_HOURS = 2;

/**
 * Hours of all stations through the whole pipeline, from the first byte until the national tier holds the last record,
 * the hours' means, verdicts and episodes included; the median of the hours of each way.
 */
export const pipeline: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    const runs = new Map<string, Run[]>();
    let from = await warmUp(pair);
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++)
      for (const [name, { way, filesOf }] of Object.entries(ways)) {
        const run = await hourThrough(pair, filesOf(pair.fleet, from), way, from + HOUR_MS);
        runs.set(name, [...(runs.get(name) ?? []), run]);
        from += HOUR_MS;
      }
    const all = [...runs.values()].flat();
    const files = all.reduce((sum, run) => sum + run.files, 0);
    const alone = files / durableWrites([pair.province.data, pair.national.data]).seconds;
    for (const [name, taken] of runs) tellWay(tell, name, taken, alone);
    tell({ name: 'durable writes alone', value: alone, unit: 'files/s' });
  } finally {
    await pair.stop();
  }
};

function tellWay(tell: BenchOptions['tell'], name: string, runs: readonly Run[], alone: number): void {
  const middle = (of: (run: Run) => number) => median(runs.map(of));
  const rate = middle(({ files, seconds }) => files / seconds);
  const ratio = rate / alone;
  tell({ name: `pipeline, ${name}`, value: rate, unit: 'files/s', against: 'durable writes alone', ratio });
  tell({
    name: `pipeline, ${name}`,
    value: rate * CHANNELS,
    unit: 'readings/s',
    against: GOAL,
    ratio: (rate * CHANNELS) / 30_000,
  });
  tell({ name: `pipeline, ${name}: taken in`, value: middle((run) => run.files / run.sentSeconds), unit: 'files/s' });
  tell({ name: `pipeline, ${name}: province`, value: middle((run) => run.provinceUs), unit: 'CPU µs/file' });
  tell({ name: `pipeline, ${name}: national tier`, value: middle((run) => run.nationalUs), unit: 'CPU µs/file' });
}

/** Hours before, unmeasured: code is compiled, the login known and each station's rows in memory, as in a node that runs. Returns their end. */
export async function warmUp(pair: Pair): Promise<number> {
  for (let from = START - WARM_UP_HOURS * HOUR_MS; from < START; from += HOUR_MS)
    await hourThrough(pair, filesOfHour(pair.fleet, from), byHttpTogether, from + HOUR_MS);
  return START;
}

/** An hour's files on their way. */
export interface Run {
  readonly files: number;
  /** From the first byte until the national tier held the last record. */
  readonly seconds: number;
  /** Until the last file was answered, or lay in the folder. */
  readonly sentSeconds: number;
  /** Processor time a file, of all threads. */
  readonly provinceUs: number;
  readonly nationalUs: number;
}

/** The clock stands at the hour's end while its files come, as it does when loggers send an hour at once. */
export async function hourThrough(pair: Pair, files: readonly Upload[], way: Way, end: number): Promise<Run> {
  const { province, national } = pair;
  const send = await way(pair, files);
  await pair.advance(end);
  const before = [await province.usage(), await national.usage()] as const;
  const began = performance.now();
  await send();
  const sentSeconds = (performance.now() - began) / 1000;
  const seconds = ((await pair.acknowledged(files.length)) - began) / 1000;
  const perFile = (now: Usage, then: Usage) => ((now.cpuMs - then.cpuMs) * 1000) / files.length;
  return {
    files: files.length,
    seconds,
    sentSeconds,
    provinceUs: perFile(await province.usage(), before[0]),
    nationalUs: perFile(await national.usage(), before[1]),
  };
}
