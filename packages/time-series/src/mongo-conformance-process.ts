import { performDeed } from '@quantrac/conformance/perform-deed';
import { inMongoDatabase } from '@quantrac/mongo/mongo-stores-under-test';
import { deeds } from './conformance-deeds.ts';
import { MongoTimeSeries } from './mongo-time-series.ts';

await performDeed(deeds, inMongoDatabase(MongoTimeSeries.open));
