import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { conformance } from './journal-store.conformance.ts';
import { SqliteJournalStore } from './sqlite-journal-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);

conformance('SQLite', inTemporaryFolders(inOneFile(SqliteJournalStore.open), process));
