import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database, openConnection } from '@quantrac/sqlite';
import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { day, HOUR, row, start } from './conformance-deeds.ts';
import { SqliteTimeSeries } from './sqlite-time-series.ts';
import { conformance } from './time-series.conformance.ts';
import type { Row } from './time-series.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);
const newStore = inTemporaryFolders(inOneFile(SqliteTimeSeries.open), process);
const rowsOutside = (store: SqliteTimeSeries): number => {
  const connection = openConnection(store.database.path, { readOnly: true });
  const count = connection.prepare<[], number>('SELECT count(*) FROM series_rows').pluck().get()!;
  connection.close();
  return count;
};

async function repackAll(store: SqliteTimeSeries, limit = 3): Promise<void> {
  while (!(await store.repack({ limit })).done);
}

/** A host that is idle now and then: what is asked for lies in blocks, or outside, or both. */
async function openRepacking(database: Database): Promise<SqliteTimeSeries> {
  const store = await SqliteTimeSeries.open(database);
  const insert = store.insert.bind(store);
  let inserts = 0;
  let repacking = false;
  const repack = async () => {
    if (repacking) return;
    repacking = true;
    await repackAll(store);
    repacking = false;
  };
  store.insert = async (rows: readonly Row[]) => {
    await repack();
    const inserted = await insert(rows);
    if (inserts++ % 2 === 0) await repack();
    return inserted;
  };
  return store;
}

conformance('SQLite', newStore);
conformance('SQLite, repacked between inserts', inTemporaryFolders(inOneFile(openRepacking), process));

test('repacking moves the rows of closed hours and keeps the newest of each series outside', async (t) => {
  const store = (await newStore(t).open()) as SqliteTimeSeries;
  await store.insert([...day(), row({ series: 'silent', time: start }), row({ series: 'silent', time: start + 1 })]);
  await repackAll(store);
  const openHours = day().filter(({ time }) => time >= start + 21 * HOUR).length;
  assert.equal(rowsOutside(store), openHours + 1);
  assert.equal(await store.count('checked'), 146);
});

test('repacking makes at most so many blocks a call, and is done after one round', async (t) => {
  const store = (await newStore(t).open()) as SqliteTimeSeries;
  await store.insert(day());
  const calls = [];
  do calls.push(await store.repack({ limit: 5 }));
  while (!calls.at(-1)!.done);
  assert.deepEqual(
    calls.map(({ blocks }) => blocks),
    [5, 5, 5, 5, 1],
  );
  assert.equal(
    calls.reduce((sum, { rows }) => sum + rows, 0),
    21 * 6,
  );
  assert.deepEqual(await store.repack({ limit: 5 }), { blocks: 0, rows: 0, done: true });
});

test('a late row stands in its place before and after it joins the block of its hour', async (t) => {
  const store = (await newStore(t).open()) as SqliteTimeSeries;
  await store.insert(day());
  await repackAll(store);
  const before = rowsOutside(store);
  await store.insert([row({ time: start + 1 }), row({ time: start, version: 2 })]);
  assert.equal(rowsOutside(store), before + 2);
  const asked = { collection: 'checked', key: 'station/a', series: 'set', from: start, to: start + HOUR } as const;
  const hour = async () =>
    (await store.range({ ...asked, versions: 'all' })).map(({ time, version }) => [time - start, version]);
  const inOrder = [[0, 1], [0, 2], [1, 1], ...[1, 2, 3, 4, 5].map((n) => [n * (HOUR / 6), 1])];
  assert.deepEqual(await hour(), inOrder);
  await repackAll(store);
  assert.equal(rowsOutside(store), before);
  assert.deepEqual(await hour(), inOrder);
});
