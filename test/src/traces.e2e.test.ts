import { test } from 'node:test';
import { assertFilesAreTraced } from './traced-province.ts';

test('one trace leads from a received file through the services of a province to the national record, and changes no result', (t) =>
  assertFilesAreTraced(t, {}));
