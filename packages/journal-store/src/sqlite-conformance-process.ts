import { performDeed } from '@quantrac/conformance/perform-deed';
import { inOneFile } from '@quantrac/sqlite/stores-in-folders';
import { deeds } from './conformance-deeds.ts';
import { SqliteJournalStore } from './sqlite-journal-store.ts';

await performDeed(deeds, inOneFile(SqliteJournalStore.open));
