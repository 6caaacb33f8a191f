import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Database, openConnection } from '@quantrac/sqlite';
import { SqliteTimeSeries } from '@quantrac/time-series';
import type { Bench } from './bench.ts';
import { CHANNELS, filesOfHour, HOUR_MS, START } from './fleet.ts';
import { byHttpTogether, hourThrough } from './pipeline.ts';

const BLOCKS_AT_ONCE = 500;

/** Bytes a reading in all files of a tier: raw files, topics, rows, cells and journals; before and after closed hours were made small. */
export const disk: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    const tiers = { province: pair.province.data, 'national tier': pair.national.data };
    const empty = new Map(Object.entries(tiers).map(([tier, data]) => [tier, bytesIn(data)]));
    const hours = quick ? 3 : 8;
    for (let hour = 0; hour < hours; hour++) {
      const from = START + hour * HOUR_MS;
      await hourThrough(pair, filesOfHour(pair.fleet, from), byHttpTogether, from + HOUR_MS);
    }
    await pair.halt();
    const readings = pair.fleet.length * CHANNELS * hours * 12;
    for (const [tier, data] of Object.entries(tiers)) {
      const perReading = () => (bytesIn(data) - empty.get(tier)!) / readings;
      const before = perReading();
      tell({ name: `disk: ${tier}, as it came`, value: before, unit: 'bytes/reading' });
      await repack(data);
      const after = perReading();
      const compared = { against: 'as it came', ratio: after / before };
      tell({ name: `disk: ${tier}, closed hours repacked`, value: after, unit: 'bytes/reading', ...compared });
    }
  } finally {
    await pair.stop();
  }
};

const filesIn = (data: string): string[] =>
  readdirSync(data)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(data, name));

/** Pages in use: what is free is written again. */
function bytesIn(data: string): number {
  return filesIn(data).reduce((sum, file) => {
    const connection = openConnection(file, { readOnly: true });
    const number = (name: string) => connection.pragma(name, { simple: true }) as number;
    const bytes = (number('page_count') - number('freelist_count')) * number('page_size');
    connection.close();
    return sum + bytes;
  }, 0);
}

/** What a node does while it runs, all at once. */
async function repack(data: string): Promise<void> {
  for (const file of filesIn(data)) {
    const database = new Database(file);
    const series = await SqliteTimeSeries.open(database);
    while (!(await series.repack({ limit: BLOCKS_AT_ONCE })).done);
    await database.close();
  }
}
