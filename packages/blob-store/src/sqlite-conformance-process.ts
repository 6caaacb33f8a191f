import { inOneFile, performDeed } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteBlobStore } from './sqlite-blob-store.ts';

await performDeed(deeds, inOneFile(SqliteBlobStore.open));
