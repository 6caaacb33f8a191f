import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AggregateComputed, type ComplianceDayEvaluated, type LimitInForce, topics } from '@quantrac/contracts';
import { driveProcessor } from '@quantrac/testing/drive-processor';
import {
  aChannel,
  aLimit,
  anHour,
  emptyHour,
  fedHour,
  fedLimits,
  fedStation,
  station,
  stationRecord,
  wholeDay,
} from '../testing/builders.ts';
import { complianceDays } from './compliance-days.ts';

const day = '2026-01-15';

/** The verdicts of the day, by channel, after these hours. */
function judged(limits: LimitInForce[], hours: AggregateComputed[], channels = ['cod', 'ph']) {
  const processor = driveProcessor(complianceDays(75));
  processor.take(fedStation(stationRecord({ channels: channels.map((channel) => aChannel(channel, 'COD')) })));
  processor.take(fedLimits(limits));
  for (const hour of hours) processor.take(fedHour(hour));
  const rows = processor.rows<ComplianceDayEvaluated>(topics.compliance.name, station);
  return new Map(rows.filter(({ data }) => data.day === day).map(({ data }) => [data.channel, data]));
}
const cod = (limit: Partial<LimitInForce>, hours: AggregateComputed[]) => judged([aLimit(limit)], hours).get('cod');

test('pitfall 2: each channel has its own verdict, whichever is judged last', () => {
  const limits = [aLimit(), aLimit({ channel: 'ph', lower: '6', upper: '9', unit: 'mg/L' })];
  const hours = wholeDay(day, 100).flatMap((hour, index) => [hour, anHour(day, index + 1, 7, { channel: 'ph' })]);
  for (const order of [hours, hours.toReversed()]) {
    const verdicts = judged(limits, order);
    assert.deepEqual([verdicts.get('cod')?.verdict, verdicts.get('ph')?.verdict], ['exceeds', 'within']);
  }
});

test('pitfall 2: a limit of 0 is a limit, above and below', () => {
  assert.equal(cod({ upper: '0' }, wholeDay(day, 1))?.verdict, 'exceeds');
  assert.equal(cod({ upper: '0' }, wholeDay(day, 0))?.verdict, 'within');
  assert.equal(cod({ lower: '0', upper: '9' }, wholeDay(day, -1))?.verdict, 'exceeds');
  assert.equal(cod({ lower: '0', upper: null }, wholeDay(day, 0))?.verdict, 'within');
});

test('pitfall 2: a missing limit is no verdict with its reason, and never "within"', () => {
  const verdict = cod({ upper: null, reason: 'table-unknown' }, wholeDay(day, 1_000_000));
  assert.deepEqual([verdict?.verdict, verdict?.reason, verdict?.value], ['no-verdict', 'table-unknown', '1000000']);
});

test('pitfall 4: below the capture threshold the day has no value and no verdict', () => {
  const hours = (present: number) =>
    wholeDay(day, 100).map((hour, index) => (index < present ? hour : emptyHour(day, index + 1)));
  const enough = cod({}, hours(18));
  assert.deepEqual([enough?.verdict, enough?.value], ['exceeds', '100']);
  const tooFew = cod({}, hours(17));
  assert.deepEqual([tooFew?.verdict, tooFew?.value, tooFew?.reason], ['no-verdict', null, 'data-capture']);
});

test('pitfall 4: hours that nobody told of count as missing, they do not vanish from the mean', () => {
  const tenHours = wholeDay(day, 100).slice(0, 10);
  const verdict = cod({}, [...tenHours, ...wholeDay('2026-01-16', 1), anHour('2026-01-17', 1, 1)]);
  assert.deepEqual([verdict?.byDesign, verdict?.received, verdict?.reason], [288, 120, 'data-capture']);
});

test('pitfall 4: readings weigh alike, so a thin hour does not weigh as much as a full one', () => {
  const thin = anHour(day, 24, 0, { value: '1000', sum: '9000', valid: 9, received: 9 });
  const verdict = cod({}, [...wholeDay(day, 10).slice(0, 23), thin]);
  assert.equal(verdict?.value, '41.263158');
});

test('pitfall 7: a five-minute station has 288 values a day by design, not 287', () => {
  assert.equal(cod({}, wholeDay(day, 10))?.byDesign, 288);
});

test('pitfall 7: more rows than slots in one hour do not make up for the gap of another', () => {
  const crowded = wholeDay(day, 10).map((hour, index) =>
    index < 12 ? { ...hour, received: 24, valid: 24, sum: '240' } : emptyHour(day, index + 1),
  );
  const verdict = cod({}, crowded);
  assert.deepEqual([verdict?.byDesign, verdict?.received, verdict?.reason], [288, 144, 'data-capture']);
});
