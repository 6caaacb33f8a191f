import { performDeed } from '@quantrac/conformance/perform-deed';
import { inOneFile } from '@quantrac/sqlite/stores-in-folders';
import { deeds } from './conformance-deeds.ts';
import { SqliteBlobStore } from './sqlite-blob-store.ts';

await performDeed(deeds, inOneFile(SqliteBlobStore.open));
