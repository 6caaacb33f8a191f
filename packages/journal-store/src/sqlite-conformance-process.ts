import { performDeed } from '@quantrac/sqlite/perform-deed';
import { inOneFile } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteJournalStore } from './sqlite-journal-store.ts';

await performDeed(deeds, inOneFile(SqliteJournalStore.open));
