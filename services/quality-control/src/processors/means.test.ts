import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedReading } from '@quantrac/contracts';
import {
  aChannel,
  anAdvance,
  aPeriod,
  aReading,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  stationRecord,
} from '../testing/builders.ts';
import { type DrivenStation, driveStation } from '../testing/drive-station.ts';

/** Readings every five minutes after `from`, up to `to`. */
function fill(driven: DrivenStation, from: number, to: number, reading: (time: number) => ReceivedReading) {
  for (let time = from + 5 * MINUTE_MS; time <= to; time += 5 * MINUTE_MS) driven.set(time, [reading(time)]);
}
const same = () => aReading('10.0');

test('an hour closes as soon as all of its slots came, and an advance puts nothing out again', () => {
  const driven = driveStation(stationRecord());
  fill(driven, at('08:00'), at('08:55'), same);
  assert.equal(driven.mean(at('09:00')), undefined);
  driven.set(at('09:00'), [aReading('22.0')]);
  const mean = driven.mean(at('09:00'))!;
  const { value, sum, expected, received, valid, dataCapture, state, version, reason, cause } = mean;
  assert.deepEqual(
    { value, sum, expected, received, valid, dataCapture, state, version, reason },
    {
      value: '11.0',
      sum: '132.0',
      expected: 12,
      received: 12,
      valid: 12,
      dataCapture: '1.000',
      state: 'closed',
      version: 1,
      reason: undefined,
    },
  );
  assert.equal(cause, `receipt:node1/${at('09:00') / MINUTE_MS}`);
  driven.advance(anAdvance(at('09:00')));
  driven.set(at('09:05'), [aReading('10.0')]);
  assert.equal(driven.meanVersions(at('09:00')).length, 1);
});

test('an hour that intake has passed closes with what came; a late reading amends it and says why', () => {
  const driven = driveStation(stationRecord());
  fill(driven, at('08:00'), at('08:50'), same);
  driven.advance(anAdvance(at('09:00')));
  assert.equal(driven.mean(at('09:00'))!.dataCapture, '0.833');
  assert.equal(driven.mean(at('09:00'))!.cause, `advance:${instantAt('09:00')}`);
  driven.set(at('08:55'), [aReading('21')], { knownAt: instantAt('11:00'), cause: 'receipt:node1/77' });
  const [first, second] = driven.meanVersions(at('09:00'));
  assert.deepEqual([first!.state, second!.state], ['closed', 'amended']);
  assert.deepEqual([second!.value, second!.cause, second!.knownAt], ['11.0', 'receipt:node1/77', instantAt('11:00')]);
});

test('a reading whose flag becomes fail after its hour closed amends the hour', () => {
  const quality = { spike: { fail: '50' } };
  const driven = driveStation(stationRecord({ channels: [aChannel('cod', { quality })] }));
  fill(driven, at('08:00'), at('08:55'), same);
  driven.set(at('09:00'), [aReading('500')]);
  assert.equal(driven.mean(at('09:00'))!.valid, 12);
  driven.set(at('09:05'), [aReading('10')]);
  const { valid, value, version } = driven.mean(at('09:00'))!;
  assert.deepEqual([valid, value, version], [11, '10.0', 2]);
});

test('hours in which nothing came are told, also between readings that come in any order', () => {
  const driven = driveStation(stationRecord());
  driven.set(at('12:00'), [aReading('10')]);
  driven.advance(anAdvance(at('14:00')));
  const empty = driven.mean(at('13:00'))!;
  assert.deepEqual([empty.value, empty.reason, empty.expected, empty.received], [null, 'no-data', 12, 0]);
  assert.equal(driven.mean(at('10:00')), undefined);
  driven.set(at('09:00'), [aReading('10')], { knownAt: instantAt('15:00') });
  assert.equal(driven.mean(at('09:00'))!.reason, 'data-capture');
  assert.equal(driven.mean(at('10:00'))!.reason, 'no-data');
});

test('slots of a declared period that excuses them are not expected', () => {
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:30'))];
  const driven = driveStation(stationRecord({ declaredPeriods }));
  fill(driven, at('08:00'), at('09:00'), same);
  driven.advance(anAdvance(at('09:00')));
  const { expected, received, valid, dataCapture } = driven.mean(at('09:00'))!;
  assert.deepEqual([expected, received, valid, dataCapture], [6, 6, 6, '1.000']);
  assert.equal(driven.reading(at('08:30')).notCounted, 'declared-period');
  assert.equal(driven.reading(at('08:35')).counts, true);
});

test('slots of a declared period that counts as expected lower the data capture', () => {
  const declaredPeriods = [aPeriod(instantAt('08:00'), instantAt('08:30'), { expected: true })];
  const driven = driveStation(stationRecord({ declaredPeriods }));
  fill(driven, at('08:00'), at('09:00'), same);
  driven.advance(anAdvance(at('09:00')));
  const { expected, received, valid, reason } = driven.mean(at('09:00'))!;
  assert.deepEqual([expected, received, valid, reason], [12, 12, 6, 'data-capture']);
});

test('a channel whose stamps open their intervals gives its readings to the hour in which they end', () => {
  const driven = driveStation(stationRecord({ channels: [aChannel('cod', { stamp: 'start' })] }));
  fill(driven, at('07:55'), at('08:55'), same);
  assert.equal(driven.mean(at('09:00'))!.received, 12);
  driven.advance(anAdvance(at('10:00')));
  assert.equal(driven.mean(at('10:00'))!.reason, 'no-data');
});

test('an interval of several hours leaves hours between readings untold', () => {
  const driven = driveStation(stationRecord({ channels: [aChannel('cod', { intervalMs: 2 * HOUR_MS })] }));
  driven.set(at('08:00'), [aReading('10')]);
  driven.set(at('10:00'), [aReading('12')]);
  driven.advance(anAdvance(at('12:00')));
  assert.equal(driven.mean(at('10:00'))!.value, '12');
  assert.equal(driven.mean(at('09:00')), undefined);
  assert.equal(driven.mean(at('12:00'))!.reason, 'no-data');
});

test('a unit that changes within an hour does not mix into its mean', () => {
  const [before] = aChannel('cod').settings;
  const after = { ...before!, unit: 'µg/L', from: instantAt('08:30') };
  const driven = driveStation(stationRecord({ channels: [{ ...aChannel('cod'), settings: [before!, after] }] }));
  fill(driven, at('08:00'), at('09:00'), same);
  assert.equal(driven.reading(at('08:25')).used, '10.0');
  assert.equal(driven.reading(at('08:30')).used, '10000');
  const { unit, value } = driven.mean(at('09:00'))!;
  assert.deepEqual([unit, Number(value)], ['µg/L', 10_000]);
});

test('ambient air has means of eight hours running for ozone and of the day, of hourly means', () => {
  const channels = [aChannel('o3', { intervalMs: HOUR_MS }, 'O3'), aChannel('so2', { intervalMs: HOUR_MS }, 'SO2')];
  const driven = driveStation(stationRecord({ kind: 'ambient-air', channels }));
  for (let hour = 1; hour <= 24; hour++)
    driven.set(at('00:00') + hour * HOUR_MS, [
      aReading(String(hour), { channel: 'o3' }),
      aReading('4', { channel: 'so2', status: hour > 17 ? '02' : '00' }),
    ]);
  assert.equal(driven.mean(at('08:00'), 'o3', '8h'), undefined);
  driven.advance(anAdvance(at('00:00', '2026-01-16')));
  const eight = driven.mean(at('08:00'), 'o3', '8h')!;
  assert.deepEqual([eight.value, eight.expected, eight.valid], ['4.5', 8, 8]);
  assert.deepEqual(driven.mean(at('05:00'), 'o3', '8h')!.reason, 'data-capture');
  assert.equal(driven.mean(at('08:00'), 'so2', '8h'), undefined);
  const day = driven.mean(at('00:00', '2026-01-16'), 'o3', '24h')!;
  assert.deepEqual([day.value, day.expected, day.valid, day.sum], ['12.5', 24, 24, '300']);
  const tooFew = driven.mean(at('00:00', '2026-01-16'), 'so2', '24h')!;
  assert.deepEqual([tooFew.value, tooFew.reason, tooFew.valid, tooFew.received], [null, 'data-capture', 17, 24]);
});

test('a late hour amends the eight hours after it and its day', () => {
  const driven = driveStation(
    stationRecord({ kind: 'ambient-air', channels: [aChannel('o3', { intervalMs: HOUR_MS }, 'O3')] }),
  );
  for (let hour = 1; hour <= 24; hour++)
    if (hour !== 6) driven.set(at('00:00') + hour * HOUR_MS, [aReading('10', { channel: 'o3' })]);
  driven.advance(anAdvance(at('00:00', '2026-01-16')));
  driven.set(at('06:00'), [aReading('50', { channel: 'o3' })], { knownAt: instantAt('03:00', '2026-01-16') });
  for (let hour = 6; hour <= 13; hour++)
    assert.equal(driven.mean(at('00:00') + hour * HOUR_MS, 'o3', '8h')!.version, 2, `at ${hour}:00`);
  assert.equal(driven.mean(at('13:00'), 'o3', '8h')!.value, '15');
  assert.equal(driven.mean(at('14:00'), 'o3', '8h')!.version, 1);
  assert.equal(driven.mean(at('00:00', '2026-01-16'), 'o3', '24h')!.value, '11.666667');
});
