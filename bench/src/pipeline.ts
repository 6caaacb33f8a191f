import type { Bench } from './bench.ts';
import { stage } from './drop-files.ts';
import { durableWrites } from './durable-writes.ts';
import { CHANNELS, filesOfHour, HOUR_MS, START, type Upload } from './fleet.ts';
import { type Pair, STATIONS } from './pair.ts';
import { median } from './report.ts';
import { postOfFile, postOfFiles, uploadOverHttp } from './upload-over-http.ts';

const CONNECTIONS = 64;
const FILES_A_REQUEST = 100;
const REQUESTS_AT_ONCE = 4;

/** Sends an hour's files; what is made ready in the first call is not measured. */
type Way = (pair: Pair, files: readonly Upload[]) => () => Promise<void>;

const ways: Readonly<Record<string, Way>> = {
  'http, a file a request': ({ httpPort }, files) => {
    const posts = files.map(postOfFile);
    return () => uploadOverHttp(httpPort, posts, CONNECTIONS);
  },
  'http, 100 files a request': ({ httpPort }, files) => {
    const posts = Array.from({ length: Math.ceil(files.length / FILES_A_REQUEST) }, (_, at) =>
      postOfFiles(files.slice(at * FILES_A_REQUEST, (at + 1) * FILES_A_REQUEST)),
    );
    return () => uploadOverHttp(httpPort, posts, REQUESTS_AT_ONCE);
  },
  folder: ({ inbox }, files) => {
    const staged = stage(inbox, files);
    return async () => {
      for (const index of files.keys()) staged.drop(index);
    };
  },
};

/**
 * Hours of all stations through the whole pipeline, from the first byte until the national tier holds the last record,
 * the hours' means, verdicts and episodes included; the median of the hours of each way.
 */
export const pipeline: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    const rounds = quick ? 1 : 3;
    let from = START;
    const took = new Map<string, number[]>();
    let files = 0;
    for (let round = 0; round < rounds; round++)
      for (const [name, way] of Object.entries(ways)) {
        const hour = filesOfHour(pair.fleet, from);
        from += HOUR_MS;
        const seconds = await hourThrough(pair, hour, way, from);
        took.set(name, [...(took.get(name) ?? []), seconds]);
        files += hour.length;
      }
    const alone = durableWrites([pair.province.data, pair.national.data]);
    const aloneRate = files / alone.seconds;
    const against = 'its durable writes alone';
    for (const [name, seconds] of took) {
      const rate = (STATIONS * 12) / median(seconds);
      tell({ name: `pipeline, ${name}: files`, value: rate, unit: 'files/s', against, ratio: rate / aloneRate });
      tell({ name: `pipeline, ${name}: readings`, value: rate * CHANNELS, unit: 'readings/s' });
    }
    tell({ name: 'durable writes alone: files', value: aloneRate, unit: 'files/s' });
    tell({ name: 'durable writes alone: readings', value: aloneRate * CHANNELS, unit: 'readings/s' });
  } finally {
    await pair.stop();
  }
};

/** Seconds. The clock stands at the hour's end while its files come, as it does when loggers send an hour at once. */
export async function hourThrough(pair: Pair, files: readonly Upload[], way: Way, end: number): Promise<number> {
  const send = way(pair, files);
  await pair.advance(end);
  const began = performance.now();
  await send();
  return ((await pair.acknowledged(files.length)) - began) / 1000;
}
