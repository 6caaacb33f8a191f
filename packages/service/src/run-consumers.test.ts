import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withOwn } from '@quantrac/conformance/with-own';
import type { Subscription } from '@quantrac/event-log';
import { type Processor, Step, type StepStore } from '@quantrac/stream-processing';
import { pino } from 'pino';
import { openEmbeddedStores } from './embedded-stores.ts';
import { startConsumers } from './run-consumers.ts';

const following = (name: string): Processor<unknown> => ({
  name,
  inputs: [],
  initial: {},
  decide: (state) => ({ state, outputs: [] }),
});

/** Real stores, but two of the groups cannot be followed, and one is followed only after a while. */
async function openStores(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'consumers-'));
  const stores = await openEmbeddedStores(folder, 'counting');
  const subscribing: Promise<Subscription>[] = [];
  t.after(async () => {
    await Promise.allSettled(subscribing);
    await stores.close();
    rmSync(folder, { recursive: true });
  });
  const open = new Set<string>();
  const subscribed: typeof stores.log.subscribe = async (options) => {
    const { group } = options;
    if (group === 'late') await sleep(20);
    if (group.startsWith('failing')) throw new Error(`${group} cannot be followed`);
    const subscription = await stores.log.subscribe(options);
    open.add(group);
    const close = async () => {
      await subscription.close();
      open.delete(group);
    };
    return { health: subscription.health, close } satisfies Subscription;
  };
  const subscribe: typeof subscribed = (options) => {
    const subscription = subscribed(options);
    subscribing.push(subscription);
    return subscription;
  };
  const log = withOwn(stores.log, { subscribe });
  return { steps: { ...stores.steps, log } satisfies StepStore, open };
}

async function start(t: TestContext, groups: readonly string[]) {
  const { steps, open } = await openStores(t);
  const step = <State>(processor: Processor<State>) =>
    new Step({ processor, store: steps, node: 'n1', epoch: () => 1, topics: [] });
  const shell = { step, peer: () => assert.fail('nobody is asked'), log: pino({ level: 'silent' }) };
  const starting = startConsumers({ name: 'counting', processors: groups.map(following) }, { steps }, shell);
  return { starting, open };
}

describe('the consumers of a service', () => {
  it('are closed, also who started late, when one cannot start, and its error comes out', async (t) => {
    const { starting, open } = await start(t, ['one', 'failing', 'late', 'failing too']);
    await assert.rejects(starting, { message: 'failing cannot be followed' });
    assert.deepEqual([...open], []);
  });

  it('follow their topics until they are closed', async (t) => {
    const { starting, open } = await start(t, ['one', 'late']);
    const consumers = await starting;
    assert.deepEqual([...open], ['one', 'late']);
    assert.deepEqual(
      consumers.health().map(({ group }) => group),
      ['one', 'late'],
    );
    await consumers.close();
    assert.deepEqual([...open], []);
  });
});
