import { performDeed } from '@quantrac/conformance/perform-deed';
import { inOneFile } from '@quantrac/sqlite/stores-in-folders';
import { deeds } from './conformance-deeds.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';

await performDeed(deeds, inOneFile(SqliteEventStore.open));
