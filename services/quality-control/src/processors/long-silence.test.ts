import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { RowOutput } from '@quantrac/stream-processing';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import {
  aChannel,
  anAdvance,
  aReading,
  aSet,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  someSettings,
  station,
  stationRecord,
} from '../testing/builders.ts';
import { type DrivenStation, driveStation } from '../testing/drive-station.ts';
import { qualityControl } from './quality-control.ts';

const DAY_MS = 24 * HOUR_MS;
const start = at('00:00');
const channels = [aChannel('cod'), aChannel('ph')];

/** How many means each decision puts out, a decision ending where it asks for the rest. */
function meansByDecision(put: readonly RowOutput[]): number[] {
  const counts = [0];
  for (const { type } of put)
    if (type === 'HoursAsked') counts.push(0);
    else if (type === 'AggregateComputed') counts[counts.length - 1]!++;
  return counts;
}

const hoursBetween = (after: number, upTo: number): number[] =>
  Array.from({ length: (upTo - after) / HOUR_MS }, (_, index) => after + (index + 1) * HOUR_MS);

const untold = (driven: DrivenStation, hours: readonly number[], channel?: string) =>
  hours.filter((hour) => driven.mean(hour, channel)?.reason !== 'no-data');

test('a week that intake passes at once is closed a day in each decision, and passed on behind the last', () => {
  const driven = driveStation(stationRecord({ channels }));
  driven.set(start, [aReading('10'), aReading('7', { channel: 'ph' })]);
  driven.advance(anAdvance(start));
  const put = driven.advance(anAdvance(start + 7 * DAY_MS));
  assert.deepEqual(meansByDecision(put), Array(7).fill(48));
  assert.deepEqual([put.at(-1)!.type, put.at(-1)!.time], ['IntakeAdvanced', start + 7 * DAY_MS]);
  assert.equal(put.filter(({ type }) => type === 'IntakeAdvanced').length, 1);
  assert.deepEqual(untold(driven, hoursBetween(start, start + 7 * DAY_MS)), []);
  assert.equal(driven.mean(start + DAY_MS)!.cause, `advance:${anAdvance(start + 7 * DAY_MS).upTo}`);
});

test('a first set far behind has the hours after it told a day in each decision', () => {
  const driven = driveStation(stationRecord({ lifecycle: 'planned' }));
  driven.set(start, [aReading('10')]);
  driven.advance(anAdvance(start));
  const put = driven.set(start - 60 * DAY_MS, [aReading('10')], { knownAt: instantAt('01:00') });
  assert.ok(Math.max(...meansByDecision(put)) <= 24);
  assert.deepEqual(untold(driven, hoursBetween(start - 60 * DAY_MS, start - HOUR_MS)), []);
});

test('what is received while hours are told waits, and amends what was told of its own', () => {
  const driven = driveProcessor(qualityControl({ dataCapturePercent: 75 }));
  const fed = (topic: Fed['topic'], type: string, data: { readonly knownAt: string }): Fed => ({
    topic,
    key: station,
    type,
    knownAt: Date.parse(data.knownAt),
    data,
  });
  const received = (type: string, data: { readonly knownAt: string }) =>
    driven.take(fed(topics.observationsReceived, type, data));
  driven.take(fed(topics.stations, 'StationRecorded', stationRecord()));
  received('ObservationSetReceived', aSet(start, [aReading('10')]));
  received('IntakeAdvanced', anAdvance(start));
  let [asked] = received('IntakeAdvanced', anAdvance(start + 3 * DAY_MS)).slice(-1);
  const late = start + 3 * DAY_MS - HOUR_MS;
  const knownAt = anAdvance(start + 3 * DAY_MS + HOUR_MS).knownAt;
  assert.equal(received('ObservationSetReceived', aSet(late, [aReading('11')], { knownAt })).length, 0);
  while (asked?.kind === 'row' && asked.type === 'HoursAsked')
    [asked] = driven
      .take(fed(topics.rechecks, 'HoursAsked', asked.data as { knownAt: string }))
      .filter((output) => output.kind === 'row' && output.type === 'HoursAsked');
  const versions = driven
    .versions<{ state: string; received: number }>(topics.aggregates.name, station)
    .filter(({ time }) => time === late);
  assert.deepEqual(
    versions.map(({ data }) => [data.state, data.received]),
    [
      ['closed', 0],
      ['amended', 1],
    ],
  );
});

test('a station that sends has every hour told that intake passes, however long it is silent', () => {
  const driven = driveStation(stationRecord());
  driven.set(start, [aReading('10')]);
  driven.advance(anAdvance(start));
  for (const days of [50, 100, 101]) driven.advance(anAdvance(start + days * DAY_MS));
  assert.deepEqual(untold(driven, hoursBetween(start, start + 101 * DAY_MS)), []);
  assert.ok(driven.stateBytes() < 400, `${driven.stateBytes()} bytes`);
});

test('a channel that never sent is told from the first advance on, and not before its settings begin', () => {
  const later = { ...aChannel('later'), settings: [someSettings({ from: instantAt('05:00') })] };
  const driven = driveStation(stationRecord({ channels: [...channels, later] }));
  driven.set(start, [aReading('10')]);
  driven.advance(anAdvance(start));
  driven.advance(anAdvance(start + 8 * HOUR_MS));
  assert.deepEqual(untold(driven, hoursBetween(start, start + 8 * HOUR_MS), 'ph'), []);
  assert.equal(driven.mean(start, 'ph'), undefined);
  assert.equal(driven.mean(at('05:00'), 'later'), undefined);
  assert.equal(driven.mean(at('06:00'), 'later')!.reason, 'no-data');
});

test('a station that is not to send any more has no hours told once a logger can no longer send them again', () => {
  const driven = driveStation(stationRecord());
  driven.set(start, [aReading('10')]);
  driven.advance(anAdvance(start));
  driven.record(stationRecord({ version: 2, lifecycle: 'suspended' }));
  driven.advance(anAdvance(start + 70 * DAY_MS));
  assert.equal(driven.mean(start + 62 * DAY_MS)!.reason, 'no-data');
  assert.equal(driven.mean(start + 63 * DAY_MS), undefined);
  driven.set(start + 70 * DAY_MS + 5 * MINUTE_MS, [aReading('10')]);
  driven.advance(anAdvance(start + 71 * DAY_MS));
  assert.equal(driven.mean(start + 71 * DAY_MS)!.reason, 'no-data');
  assert.equal(driven.mean(start + 69 * DAY_MS), undefined);
});

test('a station that was suspended for long is expected again once it sends, not for the time between', () => {
  const driven = driveStation(stationRecord());
  driven.set(start, [aReading('10')]);
  driven.advance(anAdvance(start));
  driven.record(stationRecord({ version: 2, lifecycle: 'suspended' }));
  driven.advance(anAdvance(start + HOUR_MS));
  driven.record(stationRecord({ version: 3 }));
  driven.advance(anAdvance(start + 100 * DAY_MS));
  driven.advance(anAdvance(start + 101 * DAY_MS));
  assert.equal(driven.mean(start + 80 * DAY_MS), undefined);
  assert.deepEqual(untold(driven, hoursBetween(start + 100 * DAY_MS, start + 101 * DAY_MS)), []);
});
