import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { commandHandler } from '@quantrac/event-sourcing';
import { openEmbeddedStores, type Stores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { type SilenceEvent, silence, silenceStream } from '../domain/silence.ts';
import { NodeBook } from './node-book.ts';
import { watchSilence } from './silence-watch.ts';

const MINUTE_MS = 60_000;
const begun = Date.UTC(2026, 0, 15);

/** The tier, started at a moment; its clock goes on when it is told to. */
async function tierAt(t: TestContext, stores: Stores, started: number) {
  let now = started;
  const clock = () => now;
  const book = new NodeBook(stores.documents, clock);
  await book.load();
  const handle = commandHandler(silence, stores.events.streams<SilenceEvent>());
  const watch = watchSilence({
    book,
    clock,
    silentAfterMs: 1000,
    handle,
    onFailure: (error) => assert.fail(`${error}`),
  });
  t.after(() => watch.stop());
  return {
    book,
    goOnTo: (ms: number) => {
      now = ms;
    },
    stop: () => watch.stop(),
  };
}

test('a silence outlasts a restart of this tier, until the node is heard', async (t) => {
  const stores = await openEmbeddedStores(temporaryFolder(), 'national-aggregation');
  t.after(() => stores.close());
  const happened = async () =>
    (await stores.events.read<SilenceEvent>(silenceStream('n1'))).events.map(({ type }) => type);
  const first = await tierAt(t, stores, begun);
  await first.book.enrolled('n1', new Date(begun).toISOString());
  first.book.heard('n1', undefined);
  first.goOnTo(begun + MINUTE_MS);
  await eventually(async () => assert.deepEqual(await happened(), ['NodeFellSilent']));
  await first.book.close();
  await first.stop();

  const second = await tierAt(t, stores, begun + 2 * MINUTE_MS);
  // Stopping waits for the looks that were begun.
  await second.stop();
  assert.deepEqual(await happened(), ['NodeFellSilent']);

  const third = await tierAt(t, stores, begun + 3 * MINUTE_MS);
  third.book.heard('n1', undefined);
  await eventually(async () => assert.deepEqual(await happened(), ['NodeFellSilent', 'NodeHeardAgain']));
});
