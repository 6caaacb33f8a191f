import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { notYetKnown, untilSettled } from './kafka-faults.ts';

test('a topic that a busy broker does not know in time is told as a broker that is away, which is asked again', () =>
  assert.rejects(
    untilSettled(async () => notYetKnown('numbers'), 100),
    (error) => isFault(error, 'KafkaAway') && error.kind === 'unavailable',
  ));

test('a topic that is known after a moment is no error', async () => {
  let asked = 0;
  assert.equal(await untilSettled(async () => (++asked < 3 ? notYetKnown('numbers') : asked)), 3);
});
