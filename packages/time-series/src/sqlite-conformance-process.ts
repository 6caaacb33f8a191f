import { performDeed } from '@quantrac/sqlite/perform-deed';
import { inOneFile } from '@quantrac/sqlite/store-under-test';
import { deeds } from './conformance-deeds.ts';
import { SqliteTimeSeries } from './sqlite-time-series.ts';

await performDeed(deeds, inOneFile(SqliteTimeSeries.open));
