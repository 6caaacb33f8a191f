import { type ReceivedReading, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import fc from 'fast-check';
import { aChannel, anAdvance, aReading, aReview, aSet, at, HOUR_MS, MINUTE_MS, stationRecord } from './builders.ts';
import type { ToldRecord } from './stored-station.ts';

const SLOT_MS = 20 * MINUTE_MS;
const start = at('00:00');
const quality = { spike: { suspect: '5', fail: '20' }, flatLine: { tolerance: '0', suspectAfter: 3, failAfter: 5 } };

/** Ambient air, so that means over several hours follow too. */
const record = stationRecord({
  kind: 'ambient-air',
  channels: [
    aChannel('co', { intervalMs: SLOT_MS, quality }, 'CO'),
    aChannel('so2', { intervalMs: SLOT_MS, stamp: 'start', quality }, 'SO2'),
  ],
});

type Of<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type Reviewed = Of<typeof someReview>;
type Happening = Of<typeof someRun> | Of<typeof someAdvance> | Reviewed;

const slot = fc.integer({ min: 0, max: 5 * 72 });

/** Sets one after the other: again is a correction, behind others it is late. */
const someRun = fc.record({
  kind: fc.constant('run' as const),
  slot,
  values: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }),
  channels: fc.constantFrom<readonly string[]>(['co', 'so2'], ['co'], ['so2']),
  status: fc.constantFrom<ReceivedReading['status']>('00', '00', '00', '01'),
});
const someAdvance = fc.record({ kind: fc.constant('advance' as const), hours: fc.integer({ min: 1, max: 60 }) });
const someReview = fc.record({
  kind: fc.constant('review' as const),
  slot,
  slots: fc.nat(150),
  decision: fc.constantFrom('rejected' as const, 'accepted' as const, 'corrected' as const),
});
const someHappenings = (reviewed: boolean) =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: someRun }, { weight: 2, arbitrary: someAdvance }, someReview), {
      minLength: 5,
      maxLength: 14,
    })
    .map((all) => all.filter(({ kind }) => reviewed || kind !== 'review'));

/** What one station's topics tell in a random week, in one order: late, corrected, with gaps and days that intake passes at once. */
export const someIntake = ({ reviewed }: { readonly reviewed: boolean }): fc.Arbitrary<ToldRecord[]> =>
  someHappenings(reviewed).map((happenings) => {
    const tell = telling();
    return [{ topic: topics.stations.name, type: 'StationRecorded', data: record }, ...happenings.flatMap(tell)];
  });

/** Each happening as records, known one after the other. */
function telling() {
  const sets = new Map<number, ReturnType<typeof aSet>>();
  const received = topics.observationsReceived.name;
  let upTo = start;
  let knownAt = start + 30 * 24 * HOUR_MS;
  const now = () => {
    knownAt += 1000;
    return { knownAt: toInstant(knownAt) };
  };
  return (happening: Happening, number: number): ToldRecord[] => {
    if (happening.kind === 'advance') {
      upTo += happening.hours * HOUR_MS;
      return [{ topic: received, type: 'IntakeAdvanced', data: anAdvance(upTo, now()) }];
    }
    if (happening.kind === 'review') return [reviewOf(happening, `r${number}`, now())];
    return happening.values.map((value, later) => {
      const time = start + (happening.slot + later) * SLOT_MS;
      const data = { ...revised(sets.get(time), time, { ...happening, value: String(value) }), ...now() };
      sets.set(time, data);
      return { topic: received, type: 'ObservationSetReceived', data };
    });
  };
}

function reviewOf({ slot: first, slots, decision }: Reviewed, review: string, now: { readonly knownAt: string }) {
  const from = start + first * SLOT_MS;
  const correction = decision === 'corrected' ? { correction: { factor: '2', offset: '1' } } : {};
  const data = aReview(from, from + slots * SLOT_MS, {
    review,
    channels: ['co', 'so2'],
    decision,
    ...correction,
    ...now,
  });
  return { topic: topics.reviews.name, type: 'ReviewRecorded', data };
}

/** As ingestion does: a newer revision names every reading, each with the revision that changed it last. */
function revised(
  before: ReturnType<typeof aSet> | undefined,
  time: number,
  { channels, value, status }: Pick<ReceivedReading, 'value' | 'status'> & { readonly channels: readonly string[] },
) {
  const revision = (before?.revision ?? 0) + 1;
  const readings = new Map(before?.readings.map((reading) => [reading.channel, reading]));
  for (const channel of channels) readings.set(channel, aReading(value, { channel, status, revision }));
  return aSet(time, [...readings.values()], { revision, cause: `receipt:node1/${time}.${revision}` });
}
