import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayBounds } from '@quantrac/regulations';
import { aLimit } from '../testing/builders.ts';
import { type ChannelDay, type ChannelHour, channelDay, flowWeightedMean } from './channel-day.ts';
import { judgeDay } from './day-verdict.ts';

const { after } = dayBounds('2026-01-15');
const hour = (place: number, changes: Partial<ChannelHour> = {}): ChannelHour => ({
  end: after + place * 3_600_000,
  mean: '10',
  sum: '120',
  valid: 12,
  expected: 12,
  received: 12,
  unit: 'mg/L',
  ...changes,
});

test('the mean of readings is the exact sum over their number, the mean of hourly means gives each hour one voice', () => {
  const day = channelDay([hour(1), hour(2, { mean: '40', sum: '40', valid: 1, received: 1 })]);
  assert.deepEqual(day.readings, { value: '12.307692', valid: 13 });
  assert.deepEqual(day.hourly, { value: '25', valid: 13 });
});

test('sums are exact where floating point is not', () => {
  const day = channelDay([hour(1, { sum: '0.1', valid: 1 }), hour(2, { sum: '0.2', valid: 1 })]);
  assert.equal(day.readings.value, '0.15');
});

test('two readings in one slot are both in the sum, and in the number that it is divided by', () => {
  const day = channelDay([hour(1, { sum: '130', members: 13 }), hour(2, { mean: '20', sum: '240' })]);
  assert.deepEqual(day.readings, { value: '14.8', valid: 24 });
});

test('an hour below its threshold has no voice among the means, and its readings still count', () => {
  const day = channelDay([hour(1), hour(2, { mean: null, sum: '80', valid: 2 })]);
  assert.deepEqual(day.readings, { value: '14.285714', valid: 14 });
  assert.deepEqual(day.hourly, { value: '10', valid: 12 });
});

test('hours weigh by the flow of their hour; one without flow takes no part, one that flows backwards weighs nothing', () => {
  const flow = (place: number, mean: string | null) => hour(place, { mean, unit: 'm3/h' });
  const hours = [hour(1), hour(2, { mean: '40' }), hour(3, { mean: '1000' }), hour(4, { mean: '7' })];
  const weighted = flowWeightedMean(hours, [flow(1, '3'), flow(2, '1'), flow(3, null), flow(4, '-2')]);
  assert.deepEqual(weighted, { value: '17.5', valid: 36 });
  assert.deepEqual(flowWeightedMean(hours, [flow(1, '0'), flow(2, '0')]), { value: null, valid: 24 });
});

test('what was received and did not count is in error, and a slot counts once', () => {
  const day = channelDay([hour(1, { received: 15, valid: 12 }), hour(2, { received: 10, valid: 7 })]);
  assert.deepEqual([day.expected, day.received, day.inError], [24, 22, 3]);
});

const judge = (upper: string | null, lower: string | null, value: string, changes: Partial<ChannelDay> = {}) => {
  const day = { ...channelDay([hour(1, { mean: value, sum: value, valid: 1, expected: 1, received: 1 })]), ...changes };
  const limit = aLimit({ upper, lower, reason: upper === null && lower === null ? 'table-unknown' : undefined });
  const { verdict, reason } = judgeDay(limit, { day, daily: day.readings, byDesign: 1, capturePercent: 75 });
  return reason ?? verdict;
};

test('a value at its bound is within, on both sides of an interval', () => {
  assert.deepEqual(
    ['5.99', '6', '7.3', '9.00', '9.01'].map((value) => judge('9', '6', value)),
    ['exceeds', 'within', 'within', 'within', 'exceeds'],
  );
});

test('without a number there is no verdict, and the limit says why', () => {
  assert.equal(judge(null, null, '1'), 'table-unknown');
});

test('values in another unit than the limit are not compared', () => {
  assert.equal(judge('50', null, '1', { unit: 'µg/L' }), 'unit-differs');
  assert.equal(judge('50', null, '1', { unit: null }), 'unit-changed');
});

test('a day on which nothing was due, or nothing came, has no verdict', () => {
  const nothing = channelDay([hour(1, { mean: null, sum: null, valid: 0, received: 0 })]);
  const reason = (byDesign: number) =>
    judgeDay(aLimit(), { day: nothing, daily: nothing.readings, byDesign, capturePercent: 75 }).reason;
  assert.deepEqual([reason(0), reason(12)], ['nothing-expected', 'no-data']);
});

test('missing flow is told apart from missing readings, and from a day without discharge', () => {
  const limit = aLimit({ method: 'flow-weighted' });
  const reason = (hours: ChannelHour[], flow: ChannelHour[]) => {
    const daily = flowWeightedMean(hours, flow);
    return judgeDay(limit, { day: channelDay(hours), daily, byDesign: 12, capturePercent: 75 }).reason;
  };
  assert.equal(reason([hour(1)], []), 'flow-capture');
  assert.equal(reason([hour(1, { mean: null, valid: 5 })], [hour(1)]), 'data-capture');
  assert.equal(reason([hour(1)], [hour(1, { mean: '0' })]), 'no-discharge');
});
