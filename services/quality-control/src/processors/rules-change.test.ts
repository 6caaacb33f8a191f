import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { RecheckAsked } from '@quantrac/contracts/observations';
import {
  aChannel,
  anAdvance,
  aPeriod,
  aReading,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  someSettings,
  stationRecord,
} from '../testing/builders.ts';
import { driveStation } from '../testing/drive-station.ts';

/** Two hours of one channel, closed. */
function twoHours() {
  const driven = driveStation(stationRecord());
  for (let time = at('08:05'); time <= at('10:00'); time += 5 * MINUTE_MS) driven.set(time, [aReading('10')]);
  driven.advance(anAdvance(at('10:00')));
  return driven;
}
const recordedAt = instantAt('12:00');

test('a declared period takes what it covers out of the counts and its hours, and nothing else gets a version', () => {
  const driven = twoHours();
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:45'))];
  driven.record(stationRecord({ version: 2, knownAt: recordedAt, declaredPeriods }));
  assert.equal(driven.reading(at('08:45')).notCounted, 'declared-period');
  assert.equal(driven.reading(at('08:50')).counts, true);
  const { version, cause, knownAt, expected, valid } = driven.mean(at('09:00'))!;
  assert.deepEqual(
    { version, cause, knownAt, expected, valid },
    { version: 2, cause: 'station:2', knownAt: recordedAt, expected: 3, valid: 3 },
  );
  assert.equal(driven.setVersions(at('08:50')).length, 1);
  assert.equal(driven.meanVersions(at('10:00')).length, 1);
});

test('a declared period that is taken back gives the readings and the mean back', () => {
  const driven = twoHours();
  const before = driven.mean(at('09:00'))!;
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:45'))];
  driven.record(stationRecord({ version: 2, declaredPeriods }));
  driven.record(stationRecord({ version: 3, declaredPeriods: [] }));
  assert.equal(driven.reading(at('08:45')).counts, true);
  const { version, basis, value } = driven.mean(at('09:00'))!;
  assert.deepEqual([version, basis, value], [3, before.basis, before.value]);
});

test('a version is known no earlier than the one before it, whenever its cause was', () => {
  const driven = twoHours();
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:45'))];
  driven.record(stationRecord({ version: 2, knownAt: instantAt('00:00', '2026-01-02'), declaredPeriods }));
  const [was, is] = driven.setVersions(at('08:45'));
  assert.deepEqual([was!.knownAt, is!.knownAt], [instantAt('08:45'), instantAt('08:45')]);
  const [first, second] = driven.meanVersions(at('09:00'));
  assert.equal(second!.knownAt, first!.knownAt);
});

test('a period that nobody accepted changes nothing', () => {
  const driven = twoHours();
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:45'), { accepted: false })];
  const put = driven.record(stationRecord({ version: 2, declaredPeriods }));
  assert.deepEqual(
    put.map(({ type }) => type),
    ['StationRules'],
  );
});

test('thresholds from a date on are applied from that date on', () => {
  const driven = twoHours();
  const stricter = someSettings({ from: instantAt('09:30'), quality: { grossRange: { fail: { max: '9' } } } });
  const channels = [{ ...aChannel('cod'), settings: [someSettings(), stricter] }];
  driven.record(stationRecord({ version: 2, channels }));
  assert.equal(driven.reading(at('09:25')).flag, 1);
  assert.equal(driven.reading(at('09:30')).notCounted, 'failed');
  assert.equal(driven.mean(at('10:00'))!.reason, 'data-capture');
  assert.equal(driven.meanVersions(at('09:00')).length, 1);
});

test('another unit of the channel is used in readings and means from ever on', () => {
  const driven = twoHours();
  driven.record(stationRecord({ version: 2, channels: [aChannel('cod', { unit: 'µg/L' })] }));
  assert.equal(driven.reading(at('08:05')).used, '10000');
  const { unit, value } = driven.mean(at('09:00'))!;
  assert.deepEqual([unit, value], ['µg/L', '10000']);
});

test('another name, account or prefix of a station has nothing checked again', () => {
  const driven = twoHours();
  const put = driven.record(stationRecord({ version: 2, name: 'khác', prefixes: ['HCM_ABC'], accounts: ['abc'] }));
  assert.deepEqual(
    put.map(({ type }) => type),
    ['StationRules'],
  );
  assert.deepEqual(driven.record(stationRecord({ version: 1, name: 'cũ' })), []);
});

test('a long stretch is checked again a day at a time, and only where something is', () => {
  const driven = driveStation(stationRecord());
  const days = ['2026-01-15', '2026-01-16', '2026-01-17'];
  for (const day of [...days, '2026-06-01']) driven.set(at('08:00', day), [aReading('10')]);
  const put = driven.record(stationRecord({ version: 2, channels: [aChannel('cod', { unit: 'µg/L' })] }));
  const asked = put.filter(({ topic }) => topic === topics.rechecks).map(({ data }) => data as RecheckAsked);
  assert.ok(asked.length >= days.length + 1 && asked.length < 70, `${asked.length} days`);
  assert.ok(asked.every(({ from, to }) => from <= to));
  for (const day of [...days, '2026-06-01']) assert.equal(driven.reading(at('08:00', day)).used, '10000');
});

test('a station that has sent nothing has nothing checked again', () => {
  const driven = driveStation(stationRecord());
  const put = driven.record(stationRecord({ version: 2, channels: [aChannel('cod', { intervalMs: HOUR_MS })] }));
  assert.equal(put.length, 1);
});

test('a registry that was restored from a copy gives a version a second time: its newer record holds, and an older one does not', () => {
  const driven = twoHours();
  driven.record(stationRecord({ version: 2, knownAt: instantAt('10:30') }));
  driven.record(stationRecord({ version: 3, knownAt: instantAt('11:00') }));
  const channels = [aChannel('cod'), aChannel('tss', {}, 'TSS')];
  driven.record(stationRecord({ version: 2, knownAt: instantAt('12:00'), channels }));
  driven.set(at('10:05'), [aReading('10'), aReading('5', { channel: 'tss' })]);
  assert.equal(driven.reading(at('10:05'), 'tss').counts, true);
  driven.record(stationRecord({ version: 4, knownAt: instantAt('11:30') }));
  driven.set(at('10:10'), [aReading('10'), aReading('5', { channel: 'tss' })]);
  assert.equal(driven.reading(at('10:10'), 'tss').counts, true);
});
