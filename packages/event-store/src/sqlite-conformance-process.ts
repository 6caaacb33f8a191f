import { performDeed } from '@quantrac/sqlite/perform-deed';
import { inOneFile } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';

await performDeed(deeds, inOneFile(SqliteEventStore.open));
