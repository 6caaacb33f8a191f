import { test } from 'node:test';
import { onServers } from '@quantrac/testing';
import { assertEndsChangeNothing } from './killed-processes.ts';

test('on Kafka and MongoDB a province of separate processes, three services twice and each process killed once, comes to the result of one embedded process', (t) =>
  assertEndsChangeNothing(t, {
    storesOf: onServers,
    twice: ['quality-control', 'alerting', 'enterprise-compliance'],
  }));

test('on Kafka and MongoDB services that are told to end under load do so in order and lose nothing', (t) =>
  assertEndsChangeNothing(t, { storesOf: onServers, twice: ['quality-control', 'alerting'], ends: 'told' }));
