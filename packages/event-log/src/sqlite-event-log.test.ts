import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@quantrac/sqlite';
import { inTemporaryFolders } from '@quantrac/sqlite/store-under-test';
import { numbered, numberOf, numbers, readAll, upTo } from './conformance-deeds.ts';
import { conformance } from './event-log.conformance.ts';
import type { EventLog } from './event-log.ts';
import { witnessOf } from './log-witness.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { logInFolder } from './sqlite-log-in-folder.ts';
import { LEASE_MS } from './sqlite-subscription.ts';

const newLog = inTemporaryFolders(logInFolder, new URL('./sqlite-conformance-process.js', import.meta.url));
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

conformance('SQLite', newLog);

const kept = async (log: EventLog) => (await readAll(log, numbers, undefined)).map(numberOf);

describe('the retention of a log on SQLite', () => {
  /** Twenty days, four records a day, then the clock as it is. */
  async function twentyDays(t: Parameters<typeof newLog>[0]) {
    let now = Date.UTC(2026, 0, 1);
    const log = await newLog(t).open({ clock: () => now });
    for (const number of upTo(80)) {
      await log.publish(numbers, [numbered(number)]);
      now += DAY_MS / 4;
    }
    return { log, setClock: (by: number) => (now += by), retain: () => log.retain(numbers) };
  }

  test('deletes what is older than the topic says, a day of it an hour', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    assert.deepEqual([await retain(), await retain()], [4, 0]);
    assert.deepEqual(await kept(log), upTo(76, 4));
    for (const hours of upTo(10)) {
      setClock(HOUR_MS);
      assert.ok((await retain()) <= 4, `${hours}`);
    }
    assert.deepEqual(await kept(log), upTo(54, 26));
  });

  test('deletes a day an hour while the clock is a year ahead', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(YEAR_MS);
    assert.deepEqual([await retain(), await retain(), await retain()], [4, 0, 0]);
    setClock(HOUR_MS);
    assert.equal(await retain(), 4);
    assert.deepEqual(await kept(log), upTo(72, 8));
  });

  test('deletes nothing while the clock is a year behind, and goes on once it is right', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(-YEAR_MS);
    await log.publish(numbers, [numbered(80)]);
    assert.equal(await retain(), 0);
    setClock(YEAR_MS);
    assert.equal(await retain(), 4);
    assert.deepEqual(await kept(log), upTo(77, 4));
  });

  test('deletes what a clock had stamped a year ahead together with what came after', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(YEAR_MS);
    await log.publish(numbers, [numbered(80)]);
    setClock(-YEAR_MS);
    await log.publish(numbers, [numbered(81)]);
    setClock(15 * DAY_MS);
    for (const _ of upTo(30)) {
      await retain();
      setClock(HOUR_MS);
    }
    assert.deepEqual(await kept(log), []);
  });
});

test('a member takes over a lease that a clock ahead by a year had taken', async (t) => {
  const place = newLog(t);
  const { database } = ((await place.open()) as SqliteEventLog).options;
  const take = (holder: string, now: number) =>
    database.call('event-log.takeLease', { name: 'group', holder, now, forMs: 10_000 });
  const now = Date.now();
  assert.equal(await take('first', now + YEAR_MS), 1);
  assert.equal(await take('second', now), 2);
  assert.equal(await take('first', now), undefined);
  assert.equal(await take('first', now + 10_001), 3);
});

test('a log that was carried elsewhere without what lies beside it raises its epoch', async (t) => {
  const place = newLog(t);
  const log = (await place.open()) as SqliteEventLog;
  await log.publish(numbers, [numbered(0)]);
  const end = await log.end(numbers);
  await place.close();
  rmSync(witnessOf(log.options.database.path));
  const carried = await place.open();
  assert.equal(carried.epoch, 2);
  await carried.publish(numbers, [numbered(1)]);
  assert.deepEqual((await readAll(carried, numbers, end[numbers.name])).map(numberOf), [1]);
});

test('an instance that is killed and started again takes up its groups at once; another waits for the lease to end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'quantrac-log-'));
  const fileOf = (service: string) => join(folder, `${service}.db`);
  const opened: Database[] = [];
  const open = async (instance: string) => {
    const database = new Database(fileOf('alpha'));
    opened.push(database);
    return SqliteEventLog.open({ database, service: 'alpha', fileOf, instance });
  };
  const logs: SqliteEventLog[] = [];
  t.after(async () => {
    for (const log of logs) await log.close();
    for (const database of opened) await database.close();
    rmSync(folder, { recursive: true });
  });
  const subscribed = async (instance: string) => {
    const log = await open(instance);
    logs.push(log);
    return log.subscribe({
      group: 'readers',
      topics: [numbers],
      positions: async () => ({}),
      handle: async () => {},
      onPositionLost: async () => ({}),
    });
  };
  // it never gives its lease back, as a process that was killed
  const killed = await subscribed('one');
  while (!killed.health().active) await sleep(5);
  const began = performance.now();
  const [same, other] = await Promise.all([subscribed('one'), subscribed('two')]);
  while (!same.health().active) await sleep(5);
  assert.ok(performance.now() - began < LEASE_MS / 2);
  assert.equal(other.health().active, false);
});
