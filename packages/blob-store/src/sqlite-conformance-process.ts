import { performDeed } from '@quantrac/sqlite/perform-deed';
import { inOneFile } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteBlobStore } from './sqlite-blob-store.ts';

await performDeed(deeds, inOneFile(SqliteBlobStore.open));
