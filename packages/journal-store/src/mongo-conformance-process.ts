import { performDeed } from '@quantrac/conformance/perform-deed';
import { inMongoDatabase } from '@quantrac/mongo/mongo-stores-under-test';
import { deeds } from './conformance-deeds.ts';
import { MongoJournalStore } from './mongo-journal-store.ts';

await performDeed(deeds, inMongoDatabase(MongoJournalStore.open));
