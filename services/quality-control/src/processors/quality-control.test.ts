import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testFlag, topics } from '@quantrac/contracts';
import { isFault } from '@quantrac/event-sourcing';
import { aChannel, anAdvance, aReading, at, instantAt, MINUTE_MS, stationRecord } from '../testing/builders.ts';
import { driveStation } from '../testing/drive-station.ts';

const quality = {
  grossRange: { fail: { min: '0', max: '500' }, suspect: { max: '200' } },
  spike: { suspect: '20', fail: '60' },
  rateOfChange: { suspect: '10', fail: '40' },
  flatLine: { tolerance: '0.1', suspectAfter: 3, failAfter: 5 },
};
const tested = stationRecord({ channels: [aChannel('cod', { quality })] });

test('a set is put out checked, with its rules, cause and the received revision', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45.30')]);
  const [set] = driven.setVersions(at('08:00'));
  assert.deepEqual(set, {
    station: 'station1',
    time: instantAt('08:00'),
    version: 1,
    received: 1,
    receivedAt: instantAt('08:00'),
    rules: '1',
    knownAt: instantAt('08:00'),
    cause: `receipt:node1/${at('08:00') / MINUTE_MS}`,
    root: `receipt:node1/${at('08:00') / MINUTE_MS}`,
    readings: [
      {
        channel: 'cod',
        value: '45.30',
        unit: 'mg/L',
        status: '00',
        revision: 1,
        used: '45.30',
        flags: '111222',
        flag: 1,
        counts: true,
      },
    ],
  });
});

test('a set waits for the record by which its lines were placed', () => {
  const driven = driveStation();
  assert.deepEqual(driven.set(at('08:00'), [aReading('45')]), []);
  driven.record(stationRecord());
  assert.equal(driven.reading(at('08:00')).counts, true);
  driven.set(at('08:05'), [aReading('46')], { stationVersion: 3 });
  driven.set(at('08:10'), [aReading('47')]);
  assert.equal(driven.sets().length, 1);
  driven.record(stationRecord({ version: 3 }));
  assert.equal(driven.sets().length, 3);
});

test('the spike of a reading is told once the reading after it is there, as a version caused by that', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45')]);
  driven.set(at('08:05'), [aReading('100')]);
  assert.equal(driven.flag(at('08:05'), 'spike'), 2);
  driven.set(at('08:10'), [aReading('47')]);
  const [first, second] = driven.setVersions(at('08:05'));
  assert.equal(testFlag(first!.readings[0]!.flags, 'spike'), 2);
  assert.equal(testFlag(second!.readings[0]!.flags, 'spike'), 3);
  assert.equal(second!.version, 2);
  assert.equal(second!.cause, `receipt:node1/${at('08:10') / MINUTE_MS}`);
  assert.equal(second!.knownAt, instantAt('08:10'));
  assert.equal(second!.received, 1);
});

test('a reading near its neighbour before is told whole at once: the reading after it makes no version', () => {
  const driven = driveStation(tested);
  for (const [minute, value] of [45, 46, 45.5, 47].entries())
    driven.set(at('08:00') + 5 * minute * MINUTE_MS, [aReading(String(value))]);
  assert.equal(driven.flag(at('08:05'), 'spike'), 1);
  assert.deepEqual(driven.setVersions(at('08:05')).length, 1);
  assert.deepEqual(driven.setVersions(at('08:10')).length, 1);
});

test('a late reading changes the flags of the readings on both sides of it', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45')]);
  driven.set(at('08:10'), [aReading('46')]);
  driven.set(at('08:15'), [aReading('46.5')]);
  assert.equal(driven.flag(at('08:10'), 'rateOfChange'), 1);
  driven.set(at('08:05'), [aReading('145')], { knownAt: instantAt('09:00') });
  assert.equal(driven.flag(at('08:05'), 'spike'), 4);
  assert.equal(driven.flag(at('08:10'), 'rateOfChange'), 3);
  assert.equal(driven.flag(at('08:00'), 'spike'), 2);
  assert.equal(driven.flag(at('08:10'), 'spike'), 1);
});

test('readings under calibration and of a faulty device are no neighbours and are not tested for the environment', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45')]);
  driven.set(at('08:05'), [aReading('400', { status: '01' })]);
  driven.set(at('08:10'), [aReading('499', { status: '02' })]);
  driven.set(at('08:15'), [aReading('46')]);
  const { flags, notCounted } = driven.reading(at('08:05'));
  assert.equal(flags, '312222');
  assert.equal(notCounted, 'calibration');
  assert.equal(driven.reading(at('08:10')).notCounted, 'device-error');
  assert.equal(driven.reading(at('08:10')).flag, 4);
  assert.equal(driven.flag(at('08:15'), 'rateOfChange'), 1);
});

test('a neighbour more than three intervals away says nothing', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45')]);
  driven.set(at('08:16'), [aReading('300')]);
  assert.equal(driven.flag(at('08:16'), 'rateOfChange'), 2);
});

test('an analyser whose cycle is longer than the cadence may repeat its value', () => {
  const channels = [aChannel('cod', { quality, analyserCycleMs: 30 * MINUTE_MS })];
  const driven = driveStation(stationRecord({ channels }));
  for (let minute = 0; minute < 30; minute += 5) driven.set(at('08:00') + minute * MINUTE_MS, [aReading('45')]);
  assert.equal(driven.flag(at('08:25'), 'flatLine'), 2);
});

test('a stamp ahead of its arrival and a second reading in a slot are suspect and count', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45', { aheadMs: 240_000 })]);
  driven.set(at('08:05'), [aReading('45')]);
  driven.set(at('08:06'), [aReading('45')]);
  assert.equal(driven.flag(at('08:00'), 'time'), 3);
  assert.equal(driven.flag(at('08:05'), 'time'), 1);
  assert.equal(driven.flag(at('08:06'), 'time'), 3);
  assert.equal(driven.reading(at('08:06')).counts, true);
});

test('values are used in the unit and basis of the channel, and compared in it', () => {
  const settings = { unit: 'mg/L', basisSent: 'NH4', basis: 'N', quality: { grossRange: { fail: { max: '8' } } } };
  const driven = driveStation(stationRecord({ channels: [aChannel('nh4', settings, 'NH4-N')] }));
  driven.set(at('08:00'), [aReading('10000', { channel: 'nh4', unit: 'µg/L' })]);
  const { used, value, unit } = driven.reading(at('08:00'), 'nh4');
  assert.equal(Number(used).toFixed(4), ((10 * 14.007) / 18.039).toFixed(4));
  assert.equal(driven.flag(at('08:00'), 'grossRange', 'nh4'), 1);
  assert.deepEqual([value, unit], ['10000', 'µg/L']);
});

test('a set that comes again, or an older revision of it, changes nothing', () => {
  const driven = driveStation(tested);
  driven.set(at('08:00'), [aReading('45')], { revision: 2 });
  assert.deepEqual(driven.set(at('08:00'), [aReading('45')], { revision: 2 }), []);
  assert.deepEqual(driven.set(at('08:00'), [aReading('44')], { revision: 1 }), []);
});

test('a corrected reading is a version that keeps when its earlier revision was known', () => {
  const driven = driveStation(tested);
  const both = (value: string, revision: number) => [aReading(value, { revision }), aReading('7', { channel: 'ph' })];
  driven.record(stationRecord({ version: 2, channels: [aChannel('cod'), aChannel('ph')] }));
  driven.set(at('08:00'), both('45', 1));
  driven.set(at('08:00'), both('54', 2), { revision: 2, knownAt: instantAt('10:00') });
  const set = driven.setVersions(at('08:00')).at(-1)!;
  assert.deepEqual([set.version, set.received, set.receivedAt], [2, 2, instantAt('10:00')]);
  assert.deepEqual(driven.reading(at('08:00')).superseded, [{ revision: 1, knownAt: instantAt('08:00') }]);
  assert.equal(driven.reading(at('08:00'), 'ph').knownAt, instantAt('08:00'));
});

test('an advance is passed on behind everything that it closes', () => {
  const driven = driveStation(tested);
  driven.set(at('08:55'), [aReading('45')]);
  const put = driven.advance(anAdvance(at('09:00')));
  assert.deepEqual(
    put.map(({ topic, type, time }) => [topic?.name, type, time]),
    [
      [topics.aggregates.name, 'AggregateComputed', at('09:00')],
      [topics.observationsChecked.name, 'IntakeAdvanced', at('09:00')],
    ],
  );
  const again = driven.advance(anAdvance(at('09:00'), { missing: 3 }));
  assert.deepEqual(
    again.map(({ version, series }) => [series, version]),
    [['advance', 2]],
  );
});

test('a channel that the station does not have sets its set aside', () => {
  const driven = driveStation(tested);
  assert.throws(
    () => driven.set(at('08:00'), [aReading('45', { channel: 'unknown' })]),
    (error) => isFault(error, 'ChannelUnknown'),
  );
});

test('what is remembered of a station with ten channels stays a few hundred bytes', () => {
  const names = Array.from({ length: 10 }, (_, index) => `channel${index}`);
  const driven = driveStation(stationRecord({ channels: names.map((name) => aChannel(name, { quality })) }));
  for (const clock of ['08:00', '09:00', '17:00'])
    driven.set(
      at(clock),
      names.map((channel) => aReading('5', { channel })),
    );
  assert.ok(driven.stateBytes() < 700, `${driven.stateBytes()} bytes`);
});
