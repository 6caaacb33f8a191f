import { performDeed } from '@quantrac/conformance/perform-deed';
import { inMongoDatabase } from '@quantrac/mongo/mongo-stores-under-test';
import { deeds } from './conformance-deeds.ts';
import { MongoBlobStore } from './mongo-blob-store.ts';

await performDeed(deeds, inMongoDatabase(MongoBlobStore.open));
