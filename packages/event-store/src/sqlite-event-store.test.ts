import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { conformance } from './event-store.conformance.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';

const process = new URL('./sqlite-conformance-process.js', import.meta.url);

conformance('SQLite', inTemporaryFolders(inOneFile(SqliteEventStore.open), process));
