import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@quantrac/conformance/eventually';
import { SqliteDocumentStore } from '@quantrac/document-store';
import { Database } from '@quantrac/sqlite';
import { pino } from 'pino';
import { Lease, whileHeld } from './lease.ts';

const leaseMs = 300;

async function openDocuments(t: { after(done: () => Promise<void>): void }): Promise<SqliteDocumentStore> {
  const folder = mkdtempSync(join(tmpdir(), 'leases-'));
  const database = new Database(join(folder, 'leases.sqlite'));
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  return SqliteDocumentStore.open(database);
}

test('one of several holds a lease, and keeps it while it renews', async (t) => {
  const documents = await openDocuments(t);
  const leases = Array.from({ length: 4 }, () => new Lease({ documents, name: 'work', leaseMs }));
  const asked = await Promise.all(leases.map((lease) => lease.renew()));
  assert.equal(asked.filter(Boolean).length, 1);
  for (let round = 0; round < 8; round++) {
    await sleep(leaseMs / 4);
    assert.deepEqual(await Promise.all(leases.map((lease) => lease.renew())), asked);
  }
});

test('another takes it over once its holder has been silent for a lease, and the holder knows before that', async (t) => {
  const documents = await openDocuments(t);
  const [one, other] = [0, 1].map(() => new Lease({ documents, name: 'work', leaseMs }));
  assert.equal(await one!.renew(), true);
  const began = performance.now();
  let lostAt = 0;
  await eventually(async () => {
    if (!one!.isHeld()) lostAt ||= performance.now();
    return other!.renew();
  });
  const takenAt = performance.now();
  assert.ok(lostAt > 0 && lostAt < takenAt, 'the holder had given it up');
  assert.ok(takenAt - began >= leaseMs * 0.9);
  assert.equal(await one!.renew(), false);
});

test('one that is given back is free at once', async (t) => {
  const documents = await openDocuments(t);
  const [one, other] = [0, 1].map(() => new Lease({ documents, name: 'work', leaseMs: 60_000 }));
  assert.equal(await one!.renew(), true);
  assert.equal(await other!.renew(), false);
  await one!.giveBack();
  assert.equal(await other!.renew(), true);
});

test('work runs at one place at a time, moves when its holder is gone, and begins again when it comes back', async (t) => {
  const documents = await openDocuments(t);
  const running = new Set<string>();
  const begun: string[] = [];
  const workAt = (place: string) =>
    whileHeld(
      new Lease({ documents, name: 'work', leaseMs }),
      async () => {
        assert.equal(running.size, 0, 'nobody else is at work');
        running.add(place);
        begun.push(place);
        return { stop: async () => void running.delete(place) };
      },
      pino({ level: 'silent' }),
    );
  const first = workAt('first');
  await eventually(() => running.has('first'));
  const second = workAt('second');
  await first.stop();
  await eventually(() => running.has('second'));
  const third = workAt('third');
  await second.stop();
  await eventually(() => running.has('third'));
  await third.stop();
  assert.deepEqual([begun, running.size], [['first', 'second', 'third'], 0]);
});
