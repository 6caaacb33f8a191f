import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AggregateComputed, aggregateComputed, topics } from '@quantrac/contracts';
import { qualityControlQueries } from '@quantrac/contracts/queries/quality-control';
import { isFault } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import { eventually, temporaryFolder } from '@quantrac/testing';
import type { Fed } from '@quantrac/testing/drive-processor';
import type { ReadingRow } from './read-models/readings.ts';
import {
  aChannel,
  anAdvance,
  aPeriod,
  aReading,
  aSet,
  at,
  instantAt,
  MINUTE_MS,
  station,
  stationRecord,
} from './testing/builders.ts';
import { type QualityNode, startQualityNode } from './testing/quality-node.ts';

const quality = { grossRange: { fail: { max: '100' }, suspect: { max: '50' } } };
const channels = [aChannel('cod', { quality }), aChannel('ph')];
const clock = { now: at('12:00') };
let node: QualityNode;

const fedStation = (data: ReturnType<typeof stationRecord>): Fed => ({
  topic: topics.stations,
  key: station,
  type: 'StationRecorded',
  knownAt: at('11:00'),
  data,
});
const fedSet = (time: number, value: string): Fed => ({
  topic: topics.observationsReceived,
  key: station,
  type: 'ObservationSetReceived',
  knownAt: time,
  data: aSet(time, [aReading(value), aReading('7', { channel: 'ph' })]),
});
const fedAdvance = (upTo: number): Fed => ({
  topic: topics.observationsReceived,
  key: station,
  type: 'IntakeAdvanced',
  knownAt: upTo + 5 * MINUTE_MS,
  data: anAdvance(upTo),
});

const range = { station, from: instantAt('08:00'), to: instantAt('11:00') };
const readings = (args: object = {}) => node.peer.query<ReadingRow>('readings', { ...range, channel: 'cod', ...args });
const queue = () => node.peer.query<ReadingRow>('reviewQueue', range);
const means = (args: object = {}) =>
  node.peer.query<AggregateComputed>('aggregates', { ...range, channel: 'cod', ...args });
const refusedAs = (code: string) => (error: unknown) => isFault(error, code);

before(async () => {
  node = await startQualityNode(temporaryFolder(), () => clock.now);
  await node.publish(fedStation(stationRecord({ channels })));
  for (let time = at('08:05'); time <= at('09:30'); time += 5 * MINUTE_MS)
    await node.publish(fedSet(time, time === at('08:20') ? '70' : '10'));
  await node.publish(fedAdvance(at('09:00')));
  await eventually(async () => assert.equal((await readings()).length, 18));
});
after(() => node.close());

test('readings are answered with their flags, by page, and as they were known', async () => {
  const all = await readings();
  for (const row of all) qualityControlQueries.readings.row.parse(row);
  assert.equal(all.find(({ time }) => time === instantAt('08:20'))!.reading.flag, 3);
  const page = await readings({ limit: 5 });
  assert.deepEqual(page, all.slice(0, 5));
  assert.deepEqual(await readings({ from: page.at(-1)!.time, limit: 2 }), all.slice(4, 6));
  assert.equal((await readings({ knownAt: instantAt('08:30') })).length, 6);
  assert.equal((await node.peer.query('readings', { ...range, channel: undefined })).length, 36);
});

test('means are answered closed, and the open hour on demand as it stands', async () => {
  const closed = await eventually(async () => {
    const found = await means();
    assert.equal(found.length, 1);
    return found;
  });
  assert.deepEqual([closed[0]!.end, closed[0]!.value, closed[0]!.state], [instantAt('09:00'), '15', 'closed']);
  const [, open] = await means({ provisional: true });
  aggregateComputed.parse(open);
  assert.deepEqual([open!.end, open!.state, open!.received], [instantAt('10:00'), 'provisional', 6]);
  assert.deepEqual(await means({ length: '24h', provisional: true }), []);
});

test('an open hour is shown though a later one is complete already', async () => {
  for (let time = at('10:05'); time <= at('11:00'); time += 5 * MINUTE_MS)
    await node.publish({ ...fedSet(time, '10'), data: aSet(time, [aReading('10', { channel: 'ph' })]) });
  const ofPh = { channel: 'ph', to: instantAt('11:01'), provisional: true };
  const states = [
    [instantAt('09:00'), 'closed'],
    [instantAt('11:00'), 'closed'],
    [instantAt('10:00'), 'provisional'],
  ];
  await eventually(async () =>
    assert.deepEqual(
      (await means(ofPh)).map(({ end, state }) => [end, state]),
      states,
    ),
  );
});

test('a person takes a suspect reading from the queue, and the mean follows', async () => {
  const waiting = await queue();
  assert.deepEqual(
    waiting.map(({ time, reading }) => [time, reading.channel]),
    [[instantAt('08:20'), 'cod']],
  );
  const one = { station, channels: ['cod'], from: instantAt('08:20'), to: instantAt('08:20') };
  const judged = { ...one, decision: 'rejected', reason: 'đầu đo bẩn' };
  const answer = await node.command<{ review: string }>('ReviewReadings', judged, 'command-1');
  assert.deepEqual(await node.command('ReviewReadings', judged, 'command-1'), answer);
  await eventually(async () => assert.equal((await means())[0]!.value, '10'));
  assert.deepEqual(await queue(), []);
  const versions = await means({ versions: 'all' });
  assert.deepEqual(
    versions.map(({ version, state, cause }) => [version, state, cause.split(':')[0]]),
    [
      [1, 'closed', 'receipt'],
      [2, 'amended', 'review'],
    ],
  );
  assert.equal((await means({ knownAt: toInstant(clock.now - 1) }))[0]!.value, '15');

  clock.now += MINUTE_MS;
  await node.command('ReviewReadings', { ...one, review: 'second', decision: 'accepted', reason: 'đã kiểm tra' });
  await eventually(async () => assert.equal((await means())[0]!.value, '15'));
  clock.now += MINUTE_MS;
  await node.command('RevokeReview', { station, review: 'second', reason: 'nhầm' });
  await eventually(async () => assert.equal((await means())[0]!.value, '10'));
});

test('a review of what is not there is refused', async () => {
  const judged = { channels: ['cod'], from: range.from, to: range.to, decision: 'rejected', reason: '-' };
  await assert.rejects(node.command('ReviewReadings', { ...judged, station: 'x' }), refusedAs('StationUnknown'));
  await assert.rejects(
    node.command('ReviewReadings', { ...judged, station, channels: ['x'] }),
    refusedAs('ChannelUnknown'),
  );
  const impossible = { ...judged, station, from: '2026-02-30T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' };
  await assert.rejects(node.command('ReviewReadings', impossible), refusedAs('DataInvalid'));
  const long = { ...judged, station, decision: 'corrected', correction: { factor: '1'.repeat(31), offset: '0' } };
  await assert.rejects(node.command('ReviewReadings', long), refusedAs('DataInvalid'));
  const ahead = { ...judged, station, seenAt: toInstant(clock.now + MINUTE_MS) };
  await assert.rejects(node.command('ReviewReadings', ahead), refusedAs('SeenAhead'));
  await assert.rejects(node.command('RevokeReview', { station, review: 'x', reason: '-' }), refusedAs('ReviewUnknown'));
});

test('a review decides though the clock has been set back behind what it judges', async () => {
  const one = { station, channels: ['cod'], from: instantAt('09:35'), to: instantAt('09:35') };
  const newest = async () => (await readings({ from: one.from, to: instantAt('09:36') }))[0]?.reading;
  const known = { knownAt: toInstant(clock.now + 24 * 60 * MINUTE_MS) };
  await node.publish({ ...fedAdvance(at('09:00')), data: anAdvance(at('09:00'), known) });
  await node.publish({ ...fedSet(at('09:35'), '11'), data: aSet(at('09:35'), [aReading('11')], known) });
  await eventually(async () => assert.ok(await newest()));
  await node.command('ReviewReadings', { ...one, decision: 'rejected', reason: 'đồng hồ sai' });
  await eventually(async () => assert.equal((await newest())!.notCounted, 'rejected'));
});

test('a declared period reaches readings and means that are checked already', async () => {
  const declaredPeriods = [aPeriod(instantAt('08:30'), instantAt('09:00'))];
  await node.publish(fedStation(stationRecord({ version: 2, channels, declaredPeriods })));
  await eventually(async () => assert.equal((await means())[0]!.expected, 6));
  const covered = (await readings()).filter(({ reading }) => reading.notCounted === 'declared-period');
  assert.equal(covered.length, 6);
});
