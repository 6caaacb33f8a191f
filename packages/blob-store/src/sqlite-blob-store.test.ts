import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { isFault } from '@quantrac/event-sourcing';
import { openConnection } from '@quantrac/sqlite';
import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { conformance } from './blob-store.conformance.ts';
import { blob } from './conformance-deeds.ts';
import { SqliteBlobStore } from './sqlite-blob-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);
const newStore = inTemporaryFolders(inOneFile(SqliteBlobStore.open), process);

conformance('SQLite', newStore);

test('blobs of one commit lie in one pack, and a repeat takes no space', async (t) => {
  const store = (await newStore(t).open()) as SqliteBlobStore;
  const files = Array.from({ length: 500 }, (_, n) => blob(`PM10\t${n}\tµg/m³\t20260115083000\t00\r\n`.repeat(10)));
  await store.put(files);
  await store.put(files);
  const connection = openConnection(store.database.path, { readOnly: true });
  const packs = connection.prepare<[], { bytes: Buffer }>('SELECT bytes FROM blob_packs').all();
  assert.equal(packs.length, 1);
  assert.ok(packs[0]!.bytes.length < 500 * 30);
  connection.close();
});

test('bytes that have changed on the disk are refused', async (t) => {
  const store = (await newStore(t).open()) as SqliteBlobStore;
  const [ref] = await store.put([blob('as it was')]);
  const connection = openConnection(store.database.path);
  connection.prepare('UPDATE blob_packs SET bytes = ?').run(zstdCompressSync('as it wos'));
  connection.close();
  await assert.rejects(store.get(ref!), (error) => !isFault(error) && /have changed/.test((error as Error).message));
});
