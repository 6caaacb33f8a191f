import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@quantrac/conformance/eventually';
import { OtherProcess } from '@quantrac/conformance/other-process';
import { consume } from './consume.ts';
import type { FaultPoint } from './step-store.ts';
import {
  adding,
  numberRecord,
  numbers,
  type OpenedStores,
  type Profile,
  rejected,
  stepStoreOf,
  toldOf,
} from './testing/adding.ts';
import { addingStep, openedStores } from './testing/opened.ts';
import type { HolderTask } from './testing/step-holder.ts';

const LEASE_MS = 500;
const keys = ['a', 'b', 'c'];

async function follow(stores: OpenedStores, profile: Profile) {
  const store = await stepStoreOf(profile, stores.database, stores);
  const step = addingStep(stores, store);
  const history = () => assert.fail('no position is lost here');
  return consume({ processor: adding, step, store, rejected, history });
}

const publish = (stores: OpenedStores, from: number, upTo: number) =>
  stores.log.publish(
    numbers,
    keys.flatMap((key) =>
      Array.from({ length: upTo - from }, (_, at) =>
        numberRecord(key, from + at, { time: from + at, add: 2 ** (from + at) }),
      ),
    ),
  );

const taken = (stores: OpenedStores, upTo: number) =>
  eventually(async () => {
    const told = await Promise.all(keys.map((key) => toldOf(stores, key)));
    return told.every(
      ({ sums, doubles, documents, commands }) =>
        sums.length === upTo - 1 &&
        doubles.length === upTo - 1 &&
        commands.length === 2 * (upTo - 1) &&
        documents[1] === 2 ** (upTo - 1),
    );
  });

/** Stops a process, but not while it holds the file in the middle of a write. */
async function standStill(holder: OtherProcess, { documents }: OpenedStores): Promise<void> {
  for (;;) {
    holder.signal('SIGSTOP');
    const written = documents.put({ name: 'probes' }, { key: 'probe', document: {} }).then(() => true);
    if (await Promise.race([written, sleep(300, false)])) return;
    holder.signal('SIGCONT');
    await written;
  }
}

/** A holder that stands still at a point of its first batch, past its lease; its successor works on, and it wakes behind that. */
async function passed(t: TestContext, profile: Profile, point: FaultPoint): Promise<OpenedStores> {
  const { folder, ...stores } = await openedStores(t, LEASE_MS);
  await publish(stores, 1, 4);
  const task: HolderTask = { folder, profile, leaseMs: LEASE_MS, point };
  const module = fileURLToPath(new URL('./testing/step-holder.js', import.meta.url));
  const child = fork(module, [JSON.stringify(task)], { execArgv: [] });
  const holder = new OtherProcess(child);
  t.after(() => holder.kill());
  await eventually(() => holder.said.includes('waits'));
  await standStill(holder, stores);

  const successor = await follow(stores, profile);
  await taken(stores, 4);
  await publish(stores, 4, 6);
  await taken(stores, 6);
  child.send('go on');
  holder.signal('SIGCONT');
  await publish(stores, 6, 8);
  await eventually(() => holder.said.includes('has left a batch'));
  await taken(stores, 8);

  await successor.close();
  await publish(stores, 8, 10);
  await taken(stores, 10);
  return stores;
}

const points: readonly FaultPoint[] = ['decided', 'committed', 'commands done', 'marked done'];

for (const profile of ['sqlite', 'ports'] as const)
  describe(`a holder on ${profile} that stands still past its lease while its successor works`, () => {
    for (const point of points)
      it(`changes nothing when it wakes, having stood still at "${point}"`, async (t) => {
        const calm = await openedStores(t, LEASE_MS);
        await publish(calm, 1, 10);
        const following = await follow(calm, profile);
        await taken(calm, 10);
        await following.close();
        const stores = await passed(t, profile, point);
        for (const key of keys)
          assert.deepEqual(numberless(await toldOf(stores, key)), numberless(await toldOf(calm, key)));
      });
  });

/** Sequences count the batches too, which are cut otherwise here. */
const numberless = ({ sums, doubles, ...rest }: Awaited<ReturnType<typeof toldOf>>) => ({
  ...rest,
  sums: sums.map((one) => one.slice(one.indexOf(' '))),
  doubles: doubles.map((one) => one.slice(one.indexOf(' '))),
});
