import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { Message } from '@quantrac/stream-processing';
import fc from 'fast-check';
import { anAdvance, aReading, aSet, at, MINUTE_MS, stationRecord } from '../testing/builders.ts';
import { someIntake } from '../testing/some-intake.ts';
import { numbered, openStoredStation, type StoredVersion } from '../testing/stored-station.ts';

/** How many records come in a batch, and whether what quality control asked of itself comes back before the next. */
const someCuts = fc.array(fc.tuple(fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 40 })), fc.boolean()), {
  minLength: 2,
  maxLength: 12,
});
type Cuts = readonly (readonly [size: number, ownComesBack: boolean])[];
const allAtOnce: Cuts = [[1000, true]];

async function versionsAfter(intake: readonly Message[], cuts: Cuts): Promise<readonly StoredVersion[]> {
  const stored = await openStoredStation();
  for (let from = 0, batch = 0; from < intake.length; batch++) {
    const [size, ownComesBack] = cuts[batch % cuts.length]!;
    await stored.take(intake.slice(from, from + size));
    from += size;
    while (ownComesBack && (await stored.takeOwn()));
  }
  while (await stored.takeOwn());
  const versions = await stored.versions();
  await stored.close();
  return versions;
}

/** What must be equal in every order: not versions, nor what made them. */
function currentFacts(versions: readonly StoredVersion[]): string[] {
  const newest = new Map(versions.map(({ series, time, text }) => [`${series} ${time}`, text]));
  return [...newest].map(([fact, text]) => {
    const { version: _, state: __, cause: ___, root: ____, knownAt: _____, ...data } = JSON.parse(text);
    return `${fact} ${JSON.stringify(data)}`;
  });
}

test('wherever batches of one intake are cut, and whenever hours to be told come back, histories are equal', async () => {
  let versions = 0;
  await fc.assert(
    fc.asyncProperty(someIntake({ reviewed: false }).map(numbered), someCuts, async (intake, cuts) => {
      const history = await versionsAfter(intake, allAtOnce);
      assert.deepEqual(await versionsAfter(intake, cuts), history);
      versions += history.length;
    }),
    { numRuns: 8 },
  );
  assert.ok(versions > 500, `${versions} versions`);
});

test('wherever batches are cut between reviews, what holds in the end is equal', async () => {
  await fc.assert(
    fc.asyncProperty(someIntake({ reviewed: true }).map(numbered), someCuts, async (intake, cuts) => {
      const facts = currentFacts(await versionsAfter(intake, allAtOnce));
      assert.deepEqual(currentFacts(await versionsAfter(intake, cuts)), facts);
    }),
    { numRuns: 8 },
  );
});

test('another data capture holds for hours that close or are amended afterwards, and each says which it was', async () => {
  const received = topics.observationsReceived.name;
  const set = (time: number) => ({
    topic: received,
    type: 'ObservationSetReceived',
    data: aSet(time, [aReading('10')]),
  });
  const slots = (hour: string, count: number) =>
    Array.from({ length: count }, (_, slot) => set(at(hour) + (slot + 1) * 5 * MINUTE_MS));
  const advance = (hour: string) => ({ topic: received, type: 'IntakeAdvanced', data: anAdvance(at(hour)) });
  const told = [
    { topic: topics.stations.name, type: 'StationRecorded', data: stationRecord() },
    ...[...slots('08:00', 9), ...slots('09:00', 9), advance('10:00')],
    ...[...slots('10:00', 9), advance('11:00'), set(at('09:50'))],
  ];
  const stored = await openStoredStation();
  const intake = numbered(told);
  await stored.take(intake.slice(0, 20));
  await stored.take(intake.slice(20), 90);
  const versions = (await stored.versions()).filter(({ series }) => series === 'cod/mean/1h');
  await stored.close();
  assert.deepEqual(
    versions.map(({ time, text }) => [time, JSON.parse(text).capturePercent, JSON.parse(text).value]),
    [
      [at('09:00'), 75, '10'],
      [at('10:00'), 75, '10'],
      [at('10:00'), 90, null],
      [at('11:00'), 90, null],
    ],
  );
});
