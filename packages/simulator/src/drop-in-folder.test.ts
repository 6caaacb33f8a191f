import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dropInFolder } from './drop-in-folder.ts';
import { simulate } from './simulate.ts';

test('every file lies under its path, the newest of a name, and nothing else', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'drop-'));
  t.after(() => rm(root, { recursive: true }));
  const deliveries = [...simulate({ stations: 4, hours: 4, start: 0, faults: ['corrected-file'] }).deliveries()];
  await dropInFolder(root, deliveries);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const last = new Map(deliveries.map(({ path, bytes }) => [path, bytes]));
  assert.equal(entries.filter((entry) => entry.isFile()).length, last.size);
  for (const [path, bytes] of last)
    assert.deepEqual(new Uint8Array(await readFile(join(root, path))), new Uint8Array(bytes));
});
