import { performDeed } from '@quantrac/conformance/perform-deed';
import { inMongoDatabase } from '@quantrac/mongo/mongo-stores-under-test';
import { deeds } from './conformance-deeds.ts';
import { MongoEventStore } from './mongo-event-store.ts';

await performDeed(deeds, inMongoDatabase(MongoEventStore.open));
