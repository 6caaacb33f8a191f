import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { eventually } from '@quantrac/conformance/eventually';
import { inWords, pacedWriters } from '@quantrac/conformance/paced-writers';
import { isFault } from '@quantrac/event-sourcing';
import { openConnection } from './connection.ts';
import { Database } from './database.ts';
import type { DatabaseOptions } from './protocol.ts';

const ledger = new URL('./ledger-part.js', import.meta.url);

function folder(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'quantrac-'));
  const databases: Database[] = [];
  t.after(async () => {
    await Promise.all(databases.map((database) => database.close()));
    rmSync(path, { recursive: true });
  });
  return async (name = 'store', options?: DatabaseOptions) => {
    const database = new Database(join(path, `${name}.db`), options);
    databases.push(database);
    await database.load(ledger);
    return database;
  };
}

const all = (database: Database) => database.call<string[]>('ledger.all', null);
const told = (database: Database) => database.call<{ commits: number; rollbacks: number }>('ledger.told', null);

describe('a database', () => {
  test('lets calls that wait at the same time share a commit', async (t) => {
    const database = await folder(t)('store', { commitDelayMs: 20 });
    await Promise.all(Array.from({ length: 100 }, (_, n) => database.call('ledger.add', `${n}`)));
    assert.ok((await told(database)).commits <= 4);
    assert.equal((await all(database)).length, 100);
  });

  test('rolls a transaction back whole when one of its calls is refused, and tells the parts', async (t) => {
    const database = await folder(t)();
    const calls = [
      { operation: 'ledger.add', argument: 'first' },
      { operation: 'ledger.addAndRefuse', argument: 'second' },
    ];
    await assert.rejects(
      database.transaction(calls),
      (error) => isFault(error, 'Refused') && error.kind === 'conflict',
    );
    assert.deepEqual(await all(database), []);
    assert.equal((await told(database)).rollbacks, 1);
  });

  test('commits the others when one of those who share a commit is refused', async (t) => {
    const database = await folder(t)();
    const outcomes = await Promise.allSettled([
      database.call('ledger.add', 'a'),
      database.call('ledger.addAndRefuse', 'b'),
      database.call('ledger.add', 'c'),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await all(database), ['a', 'c']);
  });

  test('says that the disk is full, keeps what it acknowledged, and works again when there is space', async (t) => {
    const database = await folder(t)();
    const acknowledged: string[] = [];
    await database.call('ledger.limitPages', 20);
    const fill = async () => {
      for (let n = 0; n < 1000; n++) {
        const text = `${n} `.padEnd(5000, '.');
        await database.call('ledger.add', text);
        acknowledged.push(text);
      }
    };
    await assert.rejects(fill, (error) => isFault(error, 'DiskFull') && error.kind === 'unavailable');
    assert.ok(acknowledged.length > 10);
    assert.deepEqual(await all(database), acknowledged);
    await database.call('ledger.limitPages', 1000);
    await database.call('ledger.add', 'there is space');
    assert.deepEqual(await all(database), [...acknowledged, 'there is space']);
  });

  test('fails all who share a commit that a full disk refuses, or keeps each whole', async (t) => {
    const database = await folder(t)();
    await database.call('ledger.limitPages', 20);
    const texts = Array.from({ length: 100 }, (_, n) => `${n} `.padEnd(5000, '.'));
    const outcomes = await Promise.allSettled(texts.map((text) => database.call('ledger.add', text)));
    const acknowledged = texts.filter((_, n) => outcomes[n]!.status === 'fulfilled');
    assert.ok(acknowledged.length < 100);
    assert.deepEqual(await all(database), acknowledged);
  });

  test('answers a call after its thread has ended instead of keeping it waiting', async (t) => {
    const database = await folder(t)();
    await assert.rejects(database.call('ledger.endThread', null), (error) => isFault(error, 'StoreUnavailable'));
    await assert.rejects(all(database), (error) => isFault(error, 'StoreUnavailable'));
    await database.close();
  });

  test('names the file that it cannot open', async (t) => {
    const { path } = await folder(t)();
    const broken = `${path}.broken`;
    writeFileSync(broken, 'this is no database, however long it may become'.repeat(50));
    await assert.rejects(
      new Database(broken).load(ledger),
      (error) => isFault(error) && error.message.includes(broken),
    );
  });

  test('refuses what is asked after it was closed, and answers what was asked before', async (t) => {
    const database = await folder(t)();
    const before = database.call('ledger.add', 'before');
    const closing = database.close();
    await assert.rejects(database.call('ledger.add', 'after'), (error) => isFault(error, 'StoreClosed'));
    await Promise.all([before, closing]);
  });

  test('moves the write-ahead log into the file while it is idle', async (t) => {
    const database = await folder(t)();
    for (let n = 0; n < 10; n++) await database.call('ledger.add', `${n}`.padEnd(100_000, '.'));
    await eventually(() => statSync(database.path).size > 1_000_000);
  });

  test('serves eight services that write at their own pace to a slow disk, a file each', async (t) => {
    const open = folder(t);
    const names = Array.from({ length: 8 }, (_, n) => `service-${n}`);
    const databases = await Promise.all(names.map((name) => open(name, { commitDelayMs: 8 })));
    const times = await pacedWriters({ writers: 8, rounds: 40, everyMs: 25 }, (writer, round) =>
      databases[writer]!.call('ledger.add', `${round}`),
    );
    t.diagnostic(`eight paced writers, a file each, 8 ms a commit: ${inWords(times)}`);
    assert.ok(times.longest < 2000);
  });

  test('shares a file with another thread that writes all the time', async (t) => {
    const open = folder(t);
    const [one, other] = [await open(), await open()];
    const writing = [one, other].map(async (database, writer) => {
      for (let n = 0; n < 200; n++) await database.call('ledger.add', `${writer} ${n}`);
    });
    await Promise.all(writing);
    assert.equal((await all(one)).length, 400);
  });
});

test('a connection syncs every commit to the disk', async (t) => {
  const { path } = await folder(t)();
  const connection = openConnection(path);
  assert.equal(connection.pragma('synchronous', { simple: true }), 2);
  assert.equal(connection.pragma('journal_mode', { simple: true }), 'wal');
  connection.close();
});
