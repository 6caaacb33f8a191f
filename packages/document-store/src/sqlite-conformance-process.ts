import { performDeed } from '@quantrac/conformance/perform-deed';
import { inOneFile } from '@quantrac/sqlite/stores-in-folders';
import { deeds } from './conformance-deeds.ts';
import { SqliteDocumentStore } from './sqlite-document-store.ts';

await performDeed(deeds, inOneFile(SqliteDocumentStore.open));
