import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { byTester, eventually, stationFile, stationFileName } from '@quantrac/testing';
import { START, startIntakeNode } from './intake-node.ts';

const STATIONS = 1000;
/** More than these a process may begin with its first work: the pool that reads and writes files. */
const POOL_THREADS = 4;
const patience = { withinMs: 120_000, everyMs: 250 };

const threadsOf = (pid: number): number =>
  Number(/^Threads:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

const prefixOf = (number: number): string => `HCM_MANY_NT${String(number).padStart(4, '0')}`;

test('a thousand stations that send at once need no more threads than one', async (t) => {
  const node = await startIntakeNode();
  t.after(() => node.stop());
  const { pid } = node.ingestion.process();
  const before = threadsOf(pid);
  const numbers = Array.from({ length: STATIONS }, (_, number) => number);
  const lines = numbers.map((number) => `wastewater;Trạm ${number};${prefixOf(number)}`);
  const csv = ['kind;name;prefixes', ...lines].join('\n');
  await node.registry.handle('ImportStations', { csv }, byTester());
  await eventually(async () => {
    const [known] = await node.ingestion.peer.query<{ stations: number }>('known', {});
    assert.equal(known!.stations, STATIONS);
  }, patience);

  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, threadsOf(pid));
  }, 20);
  const inbox = join(node.data, 'inbox');
  mkdirSync(inbox, { recursive: true });
  for (const number of numbers)
    writeFileSync(
      join(inbox, stationFileName(prefixOf(number), START)),
      stationFile(START, [{ symbol: 'COD', value: '4' }]),
    );
  await eventually(async () => assert.equal((await node.held()).length, STATIONS), patience).finally(() =>
    clearInterval(watching),
  );
  t.diagnostic(`${before} threads before, ${most} at most while ${STATIONS} stations sent`);
  assert.ok(most <= before + POOL_THREADS);
});
