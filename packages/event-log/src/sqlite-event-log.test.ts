import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@quantrac/sqlite';
import { inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { numbered, numberOf, numbers, readAll } from './conformance-deeds.ts';
import { conformance, ownFileConformance } from './event-log.conformance.ts';
import { witnessOf } from './log-witness.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { logInFolder } from './sqlite-log-in-folder.ts';
import { LEASE_MS } from './sqlite-membership.ts';

const newLog = inTemporaryFolders(logInFolder, new URL('./sqlite-conformance-process.js', import.meta.url));
const YEAR_MS = 365 * 86_400_000;

conformance('SQLite', newLog);
ownFileConformance('SQLite', newLog);

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
  assert.deepEqual((await readAll(carried, numbers, end)).map(numberOf), [1]);
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
