import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { collectionOf } from '../applying/row-of.ts';
import { nationalFacts } from './national-facts.ts';

const HOUR_MS = 3_600_000;
const begun = Date.UTC(2026, 0, 15);

test('all that the copy holds is read in parts, also where many rows share a sequence', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'national-aggregation');
  t.after(() => stores.close());
  const collection = collectionOf(topics.aggregates.name, 'n1');
  const rows = Array.from({ length: 2600 }, (_, n) => ({
    collection,
    key: n % 2 === 0 ? 's1' : 's2',
    series: 'COD/mean/1h',
    time: begun + n * HOUR_MS,
    version: 1,
    knownAt: begun,
    type: 'AggregateComputed',
    sequence: `1.${String(n < 1600 ? 7 : n).padStart(9, '0')}.0`,
    value: Buffer.from(`${n}`),
  }));
  await stores.series.insert(rows);
  const read = async (hours: { from: number; to: number }, station?: string) => {
    const times: number[] = [];
    for await (const facts of nationalFacts(stores.series, { node: 'n1', hours, station }))
      times.push(...facts.map(({ line }) => Number(line.split(' ').at(-3))));
    return times.sort((a, b) => a - b);
  };
  const all = { from: 1, to: Number.MAX_SAFE_INTEGER };
  assert.deepEqual(
    await read(all),
    rows.map(({ time }) => time),
  );
  assert.equal((await read(all, 's2')).length, 1300);
  assert.deepEqual(await read({ from: begun + 10 * HOUR_MS, to: begun + 13 * HOUR_MS }), [
    begun + 10 * HOUR_MS,
    begun + 11 * HOUR_MS,
    begun + 12 * HOUR_MS,
  ]);
  assert.deepEqual(await read({ from: begun + 10 * HOUR_MS, to: begun + 11 * HOUR_MS }, 's1'), [begun + 10 * HOUR_MS]);
});
