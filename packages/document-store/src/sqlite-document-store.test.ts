import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { conformance } from './document-store.conformance.ts';
import type { Collection } from './document-store.ts';
import { SqliteDocumentStore } from './sqlite-document-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);
const newStore = inTemporaryFolders(inOneFile(SqliteDocumentStore.open), process);

conformance('SQLite', newStore);

test('two stores on one file and thread may declare different indexes', async (t) => {
  const one = (await newStore(t).open()) as SqliteDocumentStore;
  const other = await SqliteDocumentStore.open(one.database);
  const byName: Collection<{ name: string; age: number }> = { name: 'people', indexes: { byName: ['name'] } };
  const byAge = { ...byName, indexes: { byAge: ['age'] } } as const;
  await one.put(byName, { key: 'a', document: { name: 'An', age: 40 } });
  assert.equal((await other.find(byAge, 'byAge', { equals: [40] })).length, 1);
  assert.equal((await one.find(byName, 'byName', { equals: ['An'] })).length, 1);
});
