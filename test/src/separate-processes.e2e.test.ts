import { test } from 'node:test';
import { assertEndsChangeNothing } from './killed-processes.ts';

test('a province of separate processes, each killed once, comes to the result of one process that nobody killed', (t) =>
  assertEndsChangeNothing(t));

test('services that are told to end under load do so in order and lose nothing', (t) =>
  assertEndsChangeNothing(t, { ends: 'told' }));
