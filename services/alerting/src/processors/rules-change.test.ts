import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sequenceOf } from '@quantrac/contracts';
import type { Message } from '@quantrac/stream-processing';
import type { Fed } from '@quantrac/testing/drive-processor';
import {
  at,
  limit,
  limitsRecord,
  meanRecord,
  scenario,
  setRecord,
  spanOf,
  stationRecord,
  usualSettings,
} from '../testing/scenario.ts';
import { MEMBERS } from './episode-rows.ts';
import { episodesProcessor } from './episodes.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = 50;

/** A mean for each day at noon UTC, the last day's set. */
const history = Array.from({ length: DAYS }, (_, day) =>
  meanRecord({ channel: 'cod', end: at('12:00') + day * DAY, value: '70' }),
);
const newest = setRecord(at('12:00') + DAYS * DAY, { cod: '1' });
const codLimit = (upper: string, version: number, basis: '1h' | 'reading' = '1h') =>
  limitsRecord([limit({ channel: 'cod', basis, upper })], version);

/** What deciding about a record would read of sets and means, in days, by series. */
function looksBack(state: ReturnType<ReturnType<typeof scenario>['state']>, { topic, type, key, data }: Fed) {
  const message: Message = {
    topic: topic.name,
    key,
    type,
    sequence: sequenceOf(1, 1, 0),
    knownAt: 0,
    id: '',
    data,
    value: new Uint8Array(),
  };
  const windows = episodesProcessor(usualSettings).lookback!(state, message);
  return windows.filter(({ collection, from, to }) => collection === MEMBERS && to - from > DAY);
}

describe('rules of an owner that was restored from a copy, which gives versions a second time', () => {
  const known = (record: Fed, knownAt: number): Fed => ({ ...record, knownAt });

  it('are those that became known last', () => {
    const mean = meanRecord({ channel: 'cod', end: at('12:00'), value: '70' });
    const station = scenario([known(stationRecord({ channels: ['cod'] }), 10), known(codLimit('100', 3), 20), mean]);
    assert.deepEqual(station.of('exceedance'), []);
    station.take(known(codLimit('60', 2), 30));
    assert.equal(station.of('exceedance').length, 1);
    station.take(known(codLimit('100', 4), 25));
    assert.equal(station.of('exceedance').length, 1);
    station.take(known(stationRecord({ version: 1, channels: ['ph'] }), 40));
    assert.deepEqual(station.of('exceedance'), []);
  });
});

describe('rules that change for a long past', () => {
  it('are applied a week at a time, the newest first, and in the end everywhere', () => {
    const known = scenario([stationRecord(), codLimit('100', 1), ...history, newest]);
    assert.deepEqual(known.current(), []);
    const before = known.decisions();
    const change = codLimit('67.5', 2);
    for (const { from, to } of looksBack(known.state(), change)) assert.ok(to - from < 9 * DAY);
    known.take(change);
    assert.equal(known.of('exceedance').length, DAYS);
    const weeks = known.decisions() - before;
    assert.ok(weeks >= 7 && weeks <= 9, `${weeks} decisions`);
    assert.ok(known.versions()[0]!.start > known.versions().at(-1)!.start, 'the newest first');
    assert.ok(known.versions().every(({ cause }) => cause === 'limits:2'));
    known.take(limitsRecord([], 3));
    assert.deepEqual(known.current(), []);
  });

  it('are read for where they look: no readings for a limit on means', () => {
    const known = scenario([stationRecord(), codLimit('100', 1), ...history, newest]);
    const seriesOf = (change: Fed) => looksBack(known.state(), change).map(({ series }) => series);
    assert.deepEqual(seriesOf(codLimit('67.5', 2)), ['cod/1h']);
    const both = limitsRecord(
      [limit({ channel: 'cod', basis: '1h', upper: '100' }), limit({ channel: 'cod', basis: 'reading', upper: '9' })],
      2,
    );
    assert.deepEqual(seriesOf(both), ['sets']);
  });

  it('touch nothing where a channel is new and nothing of it has come', () => {
    const known = scenario([stationRecord(), ...history, newest]);
    const wider = stationRecord({ version: 2, channels: ['cod', 'ph', 'tss'] });
    assert.deepEqual(looksBack(known.state(), wider), []);
    const before = known.decisions();
    known.take(wider);
    assert.equal(known.decisions(), before + 1);
  });

  it('find what came of a channel before its station told of it', () => {
    const failed = (minute: number) => setRecord(at('08:00') + minute * 60_000, { cod: '1', tss: 'fail' });
    const known = scenario([stationRecord(), failed(0), failed(5), failed(10)]);
    assert.deepEqual(known.current(), []);
    known.take(stationRecord({ version: 2, channels: ['cod', 'ph', 'tss'] }));
    assert.deepEqual(known.of('technical-fault').map(spanOf), ['08:00-']);
  });
});
