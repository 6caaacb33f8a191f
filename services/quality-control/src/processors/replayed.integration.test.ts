import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replayedTopic, sequenceOf } from '@quantrac/contracts';
import type { Message } from '@quantrac/stream-processing';
import { contentOf } from '@quantrac/testing/result-content';
import fc from 'fast-check';
import { someIntake } from '../testing/some-intake.ts';
import { numbered, openStoredStation, type StoredVersion } from '../testing/stored-station.ts';

const { name: topic } = replayedTopic('quality-control', 'quality-control');

const again = (messages: readonly Message[]): readonly Message[] =>
  messages.map((message, at) => ({ ...message, replay: { topic, sequence: sequenceOf(1, at + 1, 0) } }));

/** What the current versions state, apart from which revisions were before them and since when they are known. */
function currentFacts(versions: readonly StoredVersion[]): ReadonlyMap<string, object> {
  const newest = new Map<string, object>();
  for (const { type, series, time, text } of versions)
    newest.set(`${series} ${time}`, contentOf(type, JSON.parse(text)));
  return newest;
}

/** What holds in the end, and how many versions it took; those sets are stumbled over first and come again behind all others. */
async function resultOf(intake: readonly Message[], aside: readonly Message[]) {
  const broken = new Set(aside.map(({ id }) => id));
  const stored = await openStoredStation(broken);
  await stored.take(intake);
  while (await stored.takeOwn());
  const before = (await stored.versions()).length;
  broken.clear();
  await stored.take(again(aside));
  while (await stored.takeOwn());
  const versions = await stored.versions();
  await stored.close();
  return { facts: currentFacts(versions), late: versions.length - before };
}

test('sets that a bug had set aside and that come again behind newer ones lead to what holds had they never been', async () => {
  let late = 0;
  const someAside = someIntake({ reviewed: true })
    .map(numbered)
    .chain((intake) => {
      const sets = intake.filter(({ type }) => type === 'ObservationSetReceived');
      return fc.tuple(fc.constant(intake), fc.subarray(sets, { minLength: Math.min(1, sets.length) }));
    });
  await fc.assert(
    fc.asyncProperty(someAside, async ([intake, aside]) => {
      const calm = await resultOf(intake, []);
      const replayed = await resultOf(intake, aside);
      assert.deepEqual(replayed.facts, calm.facts);
      late += replayed.late;
    }),
    { numRuns: 10, endOnFailure: true },
  );
  assert.ok(late > 100, `${late} versions by what came again`);
});
