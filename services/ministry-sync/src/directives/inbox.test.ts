import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEmbeddedStores, type Peer } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { Inbox } from './inbox.ts';

test("what one instance receives, whose work has become another's, is carried out by that one", async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'ministry-sync');
  t.after(() => stores.close());
  const answered: string[] = [];
  const inboxOf = (instance: string) =>
    new Inbox({
      events: stores.events,
      node: 'n1',
      clock: Date.now,
      registry: () => ({}) as Peer,
      onAnswered: () => answered.push(instance),
      onFailure: (error) => assert.fail(String(error)),
      lookEveryMs: 50,
    });
  const working = inboxOf('the one that works');
  const running = working.start();
  t.after(() => running.stop());
  const directive = {
    directive: 'n1/1',
    number: 1,
    node: 'n1',
    kind: 'correction-requested',
    station: null,
    reason: 'hour 8',
    by: 'minister',
    knownAt: '2026-01-15T01:30:00.000Z',
  };
  await inboxOf('the one that is connected still').receive([{ number: 1n, value: JSON.stringify(directive) }]);
  await eventually(async () => assert.equal((await working.state()).answered, 1));
  assert.deepEqual(answered, ['the one that works']);
});
