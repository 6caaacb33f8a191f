import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aChannel, HOUR_MS, MINUTE_MS, stationRecord } from '../testing/builders.ts';
import { type HourMember, hourlyMean, hourOfChannel } from './hourly-mean.ts';
import { type CoveringPeriod, stationRules } from './station-rules.ts';

const channel = stationRules(stationRecord()).channels.get('cod')!;
const end = 100 * HOUR_MS;
const meanOf = (members: readonly HourMember[], periods: readonly CoveringPeriod[] = [], percent = 75) =>
  hourlyMean(hourOfChannel(channel, end, periods), members, percent);
const member = (minute: number, used: string | null = '10'): HourMember => ({
  end: end - HOUR_MS + minute * MINUTE_MS,
  used,
  notCounted: used === null ? 'failed' : undefined,
});
const minutes = (count: number) => Array.from({ length: count }, (_, index) => 5 * (index + 1));

test('the mean is exact and keeps what digits its members have', () => {
  const values = ['0.1', '0.2', '0.3', '0.1', '0.2', '0.3', '0.1', '0.2', '0.3', '0.2', '0.2', '0.2'];
  const { value, sum } = meanOf(minutes(12).map((minute, index) => member(minute, values[index]!)));
  assert.deepEqual([value, sum], ['0.2', '2.4']);
});

test('nine of twelve are enough, eight are not, and the sum is told all the same', () => {
  assert.deepEqual([meanOf(minutes(9).map((minute) => member(minute))).value], ['10']);
  const { value, reason, sum, dataCapture } = meanOf(minutes(8).map((minute) => member(minute)));
  assert.deepEqual([value, reason, sum, dataCapture], [null, 'data-capture', '80', '0.667']);
});

test('readings that came and do not count are received', () => {
  const { received, valid, reason } = meanOf([member(5, null), member(10, null)]);
  assert.deepEqual([received, valid, reason], [2, 0, 'data-capture']);
  assert.equal(meanOf([]).reason, 'no-data');
});

test('what moves or begins to count makes another basis, the order and the versions of sets do not', () => {
  const basis = (members: readonly HourMember[]) => meanOf(members).basis;
  assert.notEqual(basis([member(5)]), basis([member(10)]));
  assert.notEqual(basis([member(5)]), basis([member(5, null)]));
  assert.notEqual(basis([member(5)]), basis([member(5, '11')]));
  assert.equal(basis([member(5)]), basis([member(5)]));
});

test('however many readings come, valid is at most received and received at most expected', () => {
  const members = fc
    .array(fc.record({ second: fc.integer({ min: 1, max: 3600 }), counts: fc.boolean() }), { maxLength: 80 })
    .map((all) =>
      all.sort((a, b) => a.second - b.second).map(({ second, counts }) => member(second / 60, counts ? '1' : null)),
    );
  const period = fc.option(
    fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 60 })).map(([from, length]) => ({
      from: end - HOUR_MS + from * MINUTE_MS,
      to: end - HOUR_MS + (from + length) * MINUTE_MS,
      channels: undefined,
      expected: false,
    })),
    { nil: undefined },
  );
  fc.assert(
    fc.property(members, period, (all, excused) => {
      const { expected, received, valid, dataCapture } = meanOf(all, excused ? [excused] : []);
      if (expected > 0) assert.ok(received <= expected && valid <= expected);
      assert.ok(Number(dataCapture) <= 1);
    }),
  );
});

test('slots are counted from Vietnamese midnight, whatever the interval', () => {
  const slots = (intervalMs: number) => {
    const [rules] = [stationRules(stationRecord({ channels: [aChannel('x', { intervalMs })] })).channels.get('x')!];
    return Array.from(
      { length: 24 },
      (_, hour) =>
        hourlyMean(hourOfChannel(rules, Date.parse('2026-01-14T17:00:00Z') + (hour + 1) * HOUR_MS, []), [], 75)
          .expected,
    );
  };
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  assert.equal(sum(slots(5 * MINUTE_MS)), 288);
  assert.equal(sum(slots(MINUTE_MS)), 1440);
  assert.equal(sum(slots(2 * HOUR_MS)), 12);
  assert.deepEqual(
    slots(6 * HOUR_MS).flatMap((count, hour) => (count === 1 ? hour + 1 : [])),
    [6, 12, 18, 24],
  );
});
