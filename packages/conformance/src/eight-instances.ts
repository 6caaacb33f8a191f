import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { inWords, pacedWriters } from './paced-writers.ts';
import type { StoreOptions, StoreUnderTest } from './store-under-test.ts';

const WRITERS = 8;
const ROUNDS = 25;
const EVERY_MS = 160;
/** Far beyond what a busy machine explains: whoever waits longer was starved by the others. */
const STARVED_MS = 5000;

/**
 * Eight instances of a store on a disk that takes 8 ms a commit, each writing six times a second: says how long their writes take, beside those
 * of one that is alone, and that none starves. `write` has numbers that rise by one for each instance, of which there are nine.
 */
export async function nobodyStarves<Store, Options extends StoreOptions>(
  t: TestContext,
  place: StoreUnderTest<Store, Options>,
  write: (store: Store, instance: number, number: number) => Promise<unknown>,
): Promise<void> {
  const stores: Store[] = [];
  for (let n = 0; n <= WRITERS; n++) stores.push(await place.open({ slowDiskMs: 8 } as Options));
  const timesOf = (writers: number, first: number) =>
    pacedWriters({ writers, rounds: ROUNDS, everyMs: EVERY_MS / (writers === 1 ? WRITERS : 1) }, (writer, round) =>
      write(stores[first + writer]!, first + writer, round),
    );
  const alone = await timesOf(1, WRITERS);
  const together = await timesOf(WRITERS, 0);
  t.diagnostic(`eight instances, 8 ms a commit: ${inWords(together)}; one alone: ${inWords(alone)}`);
  assert.ok(together.longest < STARVED_MS, `a write took ${together.longest.toFixed(0)} ms`);
}
