import { test } from 'node:test';
import { onServers } from '@quantrac/testing';
import { assertKillsChangeNothing } from './killed-processes.ts';

test('on Kafka and MongoDB a province of separate processes, three services twice and each process killed once, comes to the result of one embedded process', (t) =>
  assertKillsChangeNothing(t, {
    storesOf: onServers,
    twice: ['quality-control', 'alerting', 'enterprise-compliance'],
  }));
