import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { conformance } from './event-store.conformance.ts';
import { MongoEventStore } from './mongo-event-store.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);

conformance('MongoDB', inMongoDatabases(MongoEventStore.open, process));
