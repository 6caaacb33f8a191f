import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceivedReading } from '@quantrac/contracts';
import {
  aChannel,
  anAdvance,
  aReading,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  stationRecord,
} from '../testing/builders.ts';
import { driveStation } from '../testing/drive-station.ts';

/** REGULATION 5.3: each of these is a fault that systems of this kind have had. */

const slots = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / (5 * MINUTE_MS) }, (_, index) => from + (index + 1) * 5 * MINUTE_MS);

test('pitfall 1: a set older than the last one is checked, counted and amends its hour', () => {
  const driven = driveStation(stationRecord());
  for (const time of slots(at('10:00'), at('12:00'))) driven.set(time, [aReading('10')]);
  driven.advance(anAdvance(at('12:00')));
  for (const time of slots(at('08:00'), at('09:00')).reverse())
    driven.set(time, [aReading('7')], { knownAt: instantAt('20:00') });
  assert.deepEqual([driven.mean(at('09:00'))!.value, driven.mean(at('09:00'))!.received], ['7', 12]);
  driven.set(at('11:30'), [aReading('34', { revision: 2 })], { revision: 2, knownAt: instantAt('21:00') });
  assert.equal(driven.mean(at('12:00'))!.value, '12');
});

test('pitfall 3: every reading has its own status; calibration, faults and missing-value codes never enter a mean', () => {
  const driven = driveStation(stationRecord({ channels: [aChannel('cod'), aChannel('ph', { unit: '-' }, 'pH')] }));
  const cod = (index: number): ReceivedReading =>
    index === 0
      ? aReading('400', { status: '01' })
      : index === 1
        ? aReading('0', { status: '02' })
        : aReading(index === 2 ? null : '10');
  for (const [index, time] of slots(at('08:00'), at('09:00')).entries())
    driven.set(time, [cod(index), aReading('7', { channel: 'ph', unit: '-' })]);
  driven.advance(anAdvance(at('09:00')));
  const { value, valid, received } = driven.mean(at('09:00'))!;
  assert.deepEqual([value, valid, received], ['10', 9, 12]);
  assert.deepEqual([driven.mean(at('09:00'), 'ph')!.valid, driven.mean(at('09:00'), 'ph')!.value], [12, '7']);
  const missing = driven.reading(at('08:15'));
  assert.deepEqual([missing.flag, missing.counts, missing.notCounted, missing.used], [9, false, 'missing', null]);
  assert.equal(missing.flags, '999999');
});

test('pitfall 4: below the data capture there is no mean, missing hours are told, a day is not the mean of what hours exist', () => {
  const channels = [aChannel('so2', { intervalMs: 5 * MINUTE_MS }, 'SO2')];
  const driven = driveStation(stationRecord({ kind: 'ambient-air', channels }));
  const reading = () => [aReading('10', { channel: 'so2' })];
  for (const time of slots(at('00:00'), at('00:45'))) driven.set(time, reading());
  for (const time of slots(at('01:00'), at('01:40'))) driven.set(time, reading());
  for (const time of slots(at('02:00'), at('17:00'))) driven.set(time, reading());
  driven.advance(anAdvance(at('00:00', '2026-01-16')));
  const hour = (clock: string) => driven.mean(at(clock), 'so2')!;
  assert.deepEqual([hour('01:00').value, hour('01:00').dataCapture], ['10', '0.750']);
  assert.deepEqual([hour('02:00').value, hour('02:00').reason, hour('02:00').sum], [null, 'data-capture', '80']);
  assert.deepEqual([hour('20:00').value, hour('20:00').reason], [null, 'no-data']);
  const day = driven.mean(at('00:00', '2026-01-16'), 'so2', '24h')!;
  assert.deepEqual([day.value, day.valid, day.expected, day.reason], [null, 16, 24, 'data-capture']);
});

test('pitfall 5: reading N + 1 of a stuck sensor stays flagged, and so does every one after it', () => {
  const quality = { flatLine: { tolerance: '0', suspectAfter: 4 } };
  const driven = driveStation(stationRecord({ channels: [aChannel('cod', { quality })] }));
  driven.set(at('08:00'), [aReading('9')]);
  for (const time of slots(at('08:00'), at('09:00'))) driven.set(time, [aReading('10')]);
  const flagAt = (time: number) => driven.flag(time, 'flatLine');
  assert.deepEqual(slots(at('08:00'), at('09:00')).map(flagAt), [1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
});

test('pitfall 7: a five-minute day has 288 slots, rows beyond them do not count, and no share passes 100 %', () => {
  const driven = driveStation(stationRecord());
  for (const time of slots(at('00:00'), at('00:00', '2026-01-16'))) {
    driven.set(time, [aReading('10')]);
    if (time <= at('02:00')) driven.set(time - MINUTE_MS, [aReading('10')]);
  }
  driven.advance(anAdvance(at('00:00', '2026-01-16')));
  const hours = Array.from({ length: 24 }, (_, index) => driven.mean(at('01:00') + index * HOUR_MS)!);
  assert.equal(
    hours.reduce((sum, { expected }) => sum + expected, 0),
    288,
  );
  assert.equal(
    hours.reduce((sum, { received }) => sum + received, 0),
    288,
  );
  assert.deepEqual([hours[0]!.valid, hours[0]!.members, hours[0]!.dataCapture], [12, 24, '1.000']);
  assert.ok(hours.every(({ dataCapture }) => Number(dataCapture) <= 1));
});
