import { performDeed } from '@quantrac/conformance/perform-deed';
import { inOneFile } from '@quantrac/sqlite/stores-in-folders';
import { deeds } from './conformance-deeds.ts';
import { SqliteTimeSeries } from './sqlite-time-series.ts';

await performDeed(deeds, inOneFile(SqliteTimeSeries.open));
