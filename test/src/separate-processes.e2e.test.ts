import { test } from 'node:test';
import { assertKillsChangeNothing } from './killed-processes.ts';

test('a province of separate processes, each killed once, comes to the result of one process that nobody killed', (t) =>
  assertKillsChangeNothing(t));
