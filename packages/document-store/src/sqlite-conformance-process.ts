import { performDeed } from '@quantrac/sqlite/perform-deed';
import { inOneFile } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteDocumentStore } from './sqlite-document-store.ts';

await performDeed(deeds, inOneFile(SqliteDocumentStore.open));
