import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AggregateComputed, type ComplianceDayEvaluated, type LimitInForce, topics } from '@quantrac/contracts';
import { compareDecimals, dayBounds, meanOf, sumOf } from '@quantrac/regulations';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import fc from 'fast-check';
import {
  aChannel,
  aLimit,
  anHour,
  emptyHour,
  fedHour,
  fedLimits,
  fedStation,
  hourEnd,
  outletFlow,
  station,
  stationRecord,
  wholeDay,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';

const days = ['2026-01-14', '2026-01-15', '2026-01-16'];
const channels = [aChannel('cod', 'COD'), aChannel('tss', 'TSS'), outletFlow];
const limits: LimitInForce[] = [
  aLimit({ to: '2026-01-14' }),
  aLimit({ from: '2026-01-15', upper: '40', method: 'mean-of-hourly-means' }),
  aLimit({ channel: 'tss', parameter: 'TSS', upper: '30', method: 'flow-weighted' }),
];

/** What two nodes must agree on: not versions, states, causes or when it became known. */
const comparable = ({ data }: { readonly data: ComplianceDayEvaluated }) => {
  const { version: _, state: __, cause: ___, root: ____, knownAt: _____, ...current } = data;
  return current;
};

function resultOf(told: readonly Told[]) {
  const processor = driveProcessor(complianceDays(75));
  for (const one of told) processor.take(fedOf(one));
  return {
    verdicts: processor.rows<ComplianceDayEvaluated>(topics.compliance.name, station).map(comparable),
    versions: processor.versions<ComplianceDayEvaluated>(topics.compliance.name, station).map(({ data }) => data),
  };
}

const someHour = fc
  .record({
    channel: fc.constantFrom('cod', 'tss', 'flow'),
    day: fc.constantFrom(...days),
    hour: fc.integer({ min: 1, max: 24 }),
    value: fc.integer({ min: 0, max: 90 }),
    valid: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ channel, day, hour, value, valid }) => {
    const unit = channel === 'flow' ? 'm3/h' : 'mg/L';
    if (valid === 0) return emptyHour(day, hour, { channel, unit });
    const mean = valid >= 9 ? String(value) : null;
    return anHour(day, hour, value, { channel, unit, value: mean, sum: String(value * valid), valid, received: 12 });
  });

const unitOf = (channel: string): string => (channel === 'flow' ? 'm3/h' : 'mg/L');

/** Three days of every channel and, for some, the hour by which they are overdue. */
const begun = fc
  .subarray(['cod', 'tss', 'flow'])
  .map((overdue) => [
    ...channels.flatMap(({ channel }) =>
      days.flatMap((day, index) => wholeDay(day, 10 * (index + 1), { channel, unit: unitOf(channel) })),
    ),
    ...overdue.map((channel) => anHour('2026-01-18', 1, 10, { channel, unit: unitOf(channel) })),
  ]);

/** Some of their hours were never told of, some are changed by later versions. */
const history = fc
  .record({
    all: begun,
    untold: fc.array(fc.nat(215), { maxLength: 12 }),
    changes: fc.array(someHour, { maxLength: 40 }),
  })
  .map(({ all, untold, changes }) => {
    const told = all.filter((_, index) => !untold.includes(index));
    const versions = new Map<string, number>();
    for (const hour of told) versions.set(`${hour.channel}/${hour.end}`, 1);
    const later = changes.map((hour): AggregateComputed => {
      const version = (versions.get(`${hour.channel}/${hour.end}`) ?? 0) + 1;
      versions.set(`${hour.channel}/${hour.end}`, version);
      return { ...hour, version, state: 'amended' };
    });
    return [...told, ...later];
  });

type Told = 'station' | 'limits' | AggregateComputed;

const fedOf = (told: Told): Fed =>
  told === 'station' ? fedStation(stationRecord({ channels })) : told === 'limits' ? fedLimits(limits) : fedHour(told);

test('any order of hours, limits and station gives equal days', () => {
  const orders = history.chain((hours) => {
    const inOrder: Told[] = ['station', 'limits', ...hours];
    return fc.record({
      inOrder: fc.constant(inOrder),
      shuffled: fc.shuffledSubarray(inOrder, { minLength: inOrder.length }),
    });
  });
  fc.assert(
    fc.property(orders, ({ inOrder, shuffled }) => {
      assert.deepEqual(resultOf(shuffled).verdicts, resultOf(inOrder).verdicts);
    }),
    { numRuns: 25 },
  );
});

test('a late hour recomputes exactly its day, as if it had always been there', () => {
  fc.assert(
    fc.property(history, someHour, (hours, late) => {
      const version = 1 + Math.max(0, ...hours.filter(isSameHour(late)).map((hour) => hour.version));
      const amended: AggregateComputed = { ...late, version, state: 'amended' };
      const before = resultOf(['station', 'limits', ...hours]);
      const after = resultOf(['station', 'limits', ...hours, amended]);
      const day = days.find((one) => late.end > startOf(one) && late.end <= hourEnd(one, 24));
      assert.ok(after.versions.slice(before.versions.length).every((verdict) => verdict.day === day));
      const withoutOld = hours.filter((hour) => !isSameHour(late)(hour));
      assert.deepEqual(after.verdicts, resultOf(['station', 'limits', ...withoutOld, amended]).verdicts);
    }),
    { numRuns: 25 },
  );
});

test('each verdict is what the newest versions of its hours give when it is computed in one go', () => {
  fc.assert(
    fc.property(history, (hours) => {
      const { verdicts } = resultOf(['station', 'limits', ...hours, anHour('2026-01-18', 1, 10)]);
      for (const day of days.slice(0, 2)) {
        const found = verdicts.find((verdict) => verdict.channel === 'cod' && verdict.day === day);
        assert.deepEqual([found?.value, found?.verdict], oracle(hours, day));
      }
    }),
    { numRuns: 40 },
  );
});

const isSameHour = (one: AggregateComputed) => (other: AggregateComputed) =>
  one.channel === other.channel && one.end === other.end;

const startOf = (day: string): string => new Date(dayBounds(day).after).toISOString();

/** COD by its dated method, from all hours at once. */
function oracle(hours: readonly AggregateComputed[], day: string): [string | null, string] {
  const own = hours.filter(({ channel, end }) => channel === 'cod' && end > startOf(day) && end <= hourEnd(day, 24));
  const newest = [...new Map(own.map((hour) => [hour.end, hour])).values()];
  const byReadings = day === '2026-01-14';
  const members = newest.filter((hour) => (byReadings ? hour.sum !== null : hour.value !== null));
  const valid = members.reduce((so, hour) => so + hour.valid, 0);
  if (valid < 216) return [null, 'no-verdict'];
  const readings = members.flatMap(({ sum, valid: count }) => [sum!, ...Array<string>(count - 1).fill('0')]);
  const value = byReadings ? meanOf(readings)! : meanOf(members.map((hour) => hour.value!))!;
  assert.ok(!byReadings || compareDecimals(sumOf(readings), sumOf(members.map(({ sum }) => sum!))) === 0);
  return [value, compareDecimals(value, byReadings ? '67.5' : '40') > 0 ? 'exceeds' : 'within'];
}
