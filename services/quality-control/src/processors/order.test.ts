import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregateComputed, ObservationSetChecked, ReceivedReading } from '@quantrac/contracts';
import fc from 'fast-check';
import {
  aChannel,
  anAdvance,
  aPeriod,
  aReading,
  aReview,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  stationRecord,
} from '../testing/builders.ts';
import { type DrivenStation, driveStation } from '../testing/drive-station.ts';
import { expectedFlags, expectedHour } from '../testing/oracle.ts';

const quality = {
  grossRange: { fail: { min: '0', max: '90' }, suspect: { max: '60' } },
  spike: { suspect: '10', fail: '30' },
  rateOfChange: { suspect: '3', fail: '8' },
  flatLine: { tolerance: '1', suspectAfter: 3, failAfter: 4 },
};
const first = stationRecord({ channels: [aChannel('cod', { quality }), aChannel('ph', { quality })] });

interface Sent {
  readonly time: number;
  readonly readings: readonly ReceivedReading[];
}
type Told = (driven: DrivenStation) => void;

const someReading = (channel: string) =>
  fc
    .record({
      value: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -5, max: 100 }).map(String) }, fc.constant(null)),
      status: fc.constantFrom('00', '00', '00', '00', '01', '02'),
    })
    .map(({ value, status }) => aReading(value, { channel, status: status as '00' }));

/** Sets of about three hours, mostly on their slots, some a minute beside, some missing. */
const someSets = fc
  .uniqueArray(
    fc.record({
      time: fc
        .tuple(fc.integer({ min: 0, max: 38 }), fc.constantFrom(0, 0, 0, 0, 1))
        .map(([slot, beside]) => at('07:55') + (5 * slot + beside) * MINUTE_MS),
      readings: fc.oneof(
        fc.tuple(someReading('cod'), someReading('ph')),
        fc.tuple(someReading('cod')),
        fc.tuple(someReading('ph')),
      ),
    }),
    { selector: ({ time }) => time, minLength: 5, maxLength: 40 },
  )
  .map((sets) => [...sets].sort((a, b) => a.time - b.time));

const shuffled = <Item>(items: readonly Item[]) =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

const tellSet =
  ({ time, readings }: Sent): Told =>
  (driven) => {
    driven.set(time, readings);
  };
const end = at('12:00');
const close: Told = (driven) => {
  driven.advance(anAdvance(end));
};

function resultOf(told: readonly Told[], record = first) {
  const driven = driveStation(record);
  for (const tell of told) tell(driven);
  return { sets: driven.sets().map(comparableSet), means: driven.means().map(comparableMean).sort(byText), driven };
}

/** What two nodes must agree on: not versions, causes, or when it became known. */
const comparableSet = ({ time, readings }: ObservationSetChecked) => ({
  time,
  readings: readings.map(({ knownAt: _, superseded: __, ...reading }) => reading),
});
const comparableMean = (mean: AggregateComputed) => {
  const { version: _, state: __, cause: ___, root: ____, knownAt: _____, rules: ______, ...current } = mean;
  return current;
};
const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

test('flags and hourly means are those that a look at all readings together gives', () => {
  fc.assert(
    fc.property(someSets.chain(shuffled), (sets) => {
      const { driven } = resultOf([...sets.map(tellSet), close]);
      for (const { time, readings } of sets)
        for (const { channel } of readings)
          assert.deepEqual(driven.reading(time, channel).flags, expectedFlags(sets, time, channel, quality));
      for (const channel of ['cod', 'ph'])
        for (let hour = at('08:00'); hour <= at('12:00'); hour += HOUR_MS) {
          const mean = driven.mean(hour, channel);
          const expected = expectedHour(sets, hour, channel, quality);
          if (!mean) assert.equal(expected, undefined);
          else assert.deepEqual([mean.value === null ? null : Number(mean.value), mean.valid], expected);
        }
    }),
    { numRuns: 60 },
  );
});

test('any order of the same sets, reviews and rules gives equal readings and means', () => {
  const stricter = { ...quality, grossRange: { fail: { max: '50' } } };
  const slow = aChannel('ph', { quality, stamp: 'start', intervalMs: 20 * MINUTE_MS });
  const before = stationRecord({ channels: [aChannel('cod', { quality }), slow] });
  const second = stationRecord({
    version: 2,
    channels: [aChannel('cod', { quality: stricter }), slow],
    declaredPeriods: [aPeriod(instantAt('08:30'), instantAt('09:10'), { channels: ['ph'] })],
  });
  const others: readonly Told[] = [
    (driven) => void driven.record(second),
    (driven) => void driven.review(aReview(at('09:00'), at('09:30'))),
    (driven) =>
      void driven.review(
        aReview(at('08:00'), at('09:05'), {
          review: 'r2',
          channels: ['cod', 'ph'],
          decision: 'corrected',
          correction: { factor: '2', offset: '1' },
        }),
      ),
    close,
  ];
  fc.assert(
    fc.property(
      someSets.chain((sets) => fc.tuple(fc.constant(sets), shuffled([...sets.map(tellSet), ...others]))),
      ([sets, told]) => {
        const inOrder = resultOf([...sets.map(tellSet), ...others], before);
        const anyOrder = resultOf(told, before);
        assert.deepEqual(anyOrder.sets, inOrder.sets);
        assert.deepEqual(anyOrder.means, inOrder.means);
      },
    ),
    { numRuns: 60 },
  );
});

test('any order of hours gives equal means of eight hours and of days', () => {
  const air = stationRecord({
    kind: 'ambient-air',
    channels: [aChannel('o3', { unit: 'µg/Nm3', intervalMs: HOUR_MS }, 'O3')],
  });
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 20, maxLength: 61 });
  const resultOfHours = (told: readonly number[], closedBetween: number) => {
    const driven = driveStation(air);
    told.forEach((hour, index) => {
      const time = at('01:00') + hour * HOUR_MS;
      driven.set(time, [aReading(String(20 + (hour % 7)), { channel: 'o3', unit: 'µg/Nm3' })]);
      if (index === closedBetween % told.length) driven.advance(anAdvance(at('06:00', '2026-01-16')));
    });
    driven.advance(anAdvance(at('02:00', '2026-01-18')));
    return driven.means().map(comparableMean).sort(byText);
  };
  fc.assert(
    fc.property(
      hours.chain((set) => fc.tuple(fc.constant([...set].sort((a, b) => a - b)), shuffled(set), fc.nat(60))),
      ([inOrder, anyOrder, closedBetween]) => {
        assert.deepEqual(resultOfHours(anyOrder, closedBetween), resultOfHours(inOrder, 0));
      },
    ),
    { numRuns: 15 },
  );
});
