import { inMongoDatabases } from '@quantrac/mongo/mongo-stores-under-test';
import { MongoTimeSeries } from './mongo-time-series.ts';
import { conformance } from './time-series.conformance.ts';

const process = new URL('./mongo-conformance-process.js', import.meta.url);
const newStore = inMongoDatabases(MongoTimeSeries.open, process);

conformance('MongoDB', newStore);
