import { test } from 'node:test';
import { onServers } from '@quantrac/testing';
import { assertFilesAreTraced } from './traced-province.ts';

test('on Kafka and MongoDB one trace leads from a received file through every topic to the national record', (t) =>
  assertFilesAreTraced(t, { storesOf: onServers }));
