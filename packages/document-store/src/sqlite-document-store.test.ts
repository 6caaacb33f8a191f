import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/store-under-test';
import { conformance } from './document-store.conformance.ts';
import { SqliteDocumentStore } from './sqlite-document-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);

conformance('SQLite', inTemporaryFolders(inOneFile(SqliteDocumentStore.open), process));
