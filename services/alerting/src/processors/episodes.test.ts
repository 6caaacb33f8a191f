import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { episodeRecorded } from '@quantrac/contracts';
import {
  advanceRecord,
  at,
  limit,
  limitsRecord,
  meanRecord,
  scenario,
  setRecord,
  spanOf,
  stationRecord,
} from '../testing/scenario.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const hourly = (from: string, ...values: (string | null)[]) =>
  values.map((value, index) => meanRecord({ channel: 'cod', end: at(from) + index * HOUR, value }));
const sets = (from: string, ...values: string[]) =>
  values.map((value, index) => setRecord(at(from) + index * 5 * MINUTE, { cod: value }));
const cod1h = limitsRecord([limit({ channel: 'cod', basis: '1h', upper: '67.5' })]);

describe('exceedances by hourly means', () => {
  it('begin with the first hour above the limit, and end with the last', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '60', '70', '92.1', '80', '60')]);
    const [episode, ...others] = known.of('exceedance');
    assert.equal(others.length, 0);
    assert.equal(spanOf(episode!), '08:00-11:00');
    assert.equal(episode!.episode, 'st1/cod/exceedance/1h/1');
    assert.equal(episode!.peak, '92.1');
    assert.equal(episode!.threshold, '67.5');
    assert.equal(episode!.members, 3);
    assert.equal(episode!.state, 'closed');
    for (const version of known.versions()) episodeRecorded.parse(version);
  });

  it('last until something follows, and make no version while merely lasting', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '70', '69', '68')]);
    assert.deepEqual(known.versions().map(spanOf), ['07:00-']);
  });

  it('go on over an hour without mean, which neither extends nor ends them', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '70', null, '71', null, '60')]);
    assert.deepEqual(known.current().map(spanOf), ['07:00-10:00']);
  });

  it('end when hours without mean have followed for longer than the gap, however far intake has come', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '70', null, null, null)]);
    known.take(advanceRecord(at('15:00')));
    assert.deepEqual(known.of('exceedance').map(spanOf), ['07:00-']);
    known.take(...hourly('12:00', null));
    assert.deepEqual(known.of('exceedance').map(spanOf), ['07:00-08:00']);
  });

  it('end with the last hour of their limit', () => {
    const ending = limitsRecord([limit({ channel: 'cod', basis: '1h', upper: '67.5', to: '2026-01-15' })]);
    const known = scenario([stationRecord(), ending, ...hourly('16:00', '70')]);
    assert.deepEqual(known.of('exceedance').map(spanOf), ['15:00-']);
    known.take(...hourly('17:00', '70'));
    assert.deepEqual(known.of('exceedance').map(spanOf), ['15:00-17:00']);
  });

  it('are of hours farther apart than the gap two', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '70'), ...hourly('12:00', '70')]);
    assert.deepEqual(known.current().map(spanOf), ['07:00-08:00', '11:00-']);
  });

  it('are extended, merged and removed by late and corrected hours, and keep their names', () => {
    const known = scenario([stationRecord(), cod1h, ...hourly('08:00', '60', '70', '60', '70', '60')]);
    assert.deepEqual(known.current().map(spanOf), ['08:00-09:00', '10:00-11:00']);

    known.take(meanRecord({ channel: 'cod', end: at('08:00'), value: '75', version: 2, state: 'amended' }));
    assert.deepEqual(known.current().map(spanOf), ['07:00-09:00', '10:00-11:00'], 'extended');

    known.take(meanRecord({ channel: 'cod', end: at('10:00'), value: '99', version: 2, state: 'amended' }));
    assert.deepEqual(known.current().map(spanOf), ['07:00-11:00'], 'merged');
    const [kept, merged] = known.all();
    assert.equal(kept!.ordinal, 1);
    assert.equal(kept!.peak, '99');
    assert.equal(merged!.state, 'withdrawn');
    assert.match(merged!.explanation, /merged into st1\/cod\/exceedance\/1h\/1 by receipt:/);

    known.take(meanRecord({ channel: 'cod', end: at('10:00'), value: '60', version: 3, state: 'amended' }));
    assert.deepEqual(
      known.current().map((episode) => [episode.ordinal, episode.version, spanOf(episode)]),
      [
        [1, 5, '07:00-09:00'],
        [2, 4, '10:00-11:00'],
      ],
      'split again: the merged one is itself once more',
    );

    for (const [end, version] of [
      ['08:00', 3],
      ['09:00', 2],
    ] as const)
      known.take(meanRecord({ channel: 'cod', end: at(end), value: '60', version, state: 'amended' }));
    assert.deepEqual(
      known.current().map((episode) => episode.ordinal),
      [2],
    );
    assert.equal(known.all()[0]!.state, 'withdrawn');
    assert.match(known.all()[0]!.explanation, /^unfounded by receipt:/);
  });

  it('are not begun by a provisional mean, nor by one of a replay', () => {
    const provisional = meanRecord({ channel: 'cod', end: at('08:00'), value: '99', state: 'provisional' });
    const replayed = meanRecord({ channel: 'cod', end: at('08:00'), value: '99' });
    const known = scenario([
      stationRecord(),
      cod1h,
      provisional,
      { ...replayed, data: { ...(replayed.data as object), lane: 'replay:1' } },
    ]);
    assert.deepEqual(known.current(), []);
  });

  it('are found again when limits come after the data, and withdrawn when a limit is taken away', () => {
    const known = scenario([stationRecord(), setRecord(at('09:00'), { cod: '1' }), ...hourly('08:00', '70', '60')]);
    assert.deepEqual(known.current(), []);
    known.take(cod1h);
    assert.deepEqual(known.current().map(spanOf), ['07:00-08:00']);
    assert.equal(known.current()[0]!.cause, 'limits:1');
    known.take(limitsRecord([], 2));
    assert.deepEqual(known.current(), []);
    assert.equal(known.all()[0]!.cause, 'limits:2');
  });

  it('that become known after they are over are backfilled, in one version; one that reaches the present is not', () => {
    const knownAt = at('20:00');
    const late = [
      meanRecord({ channel: 'cod', end: at('09:00'), value: '60', knownAt }),
      meanRecord({ channel: 'cod', end: at('08:00'), value: '70', knownAt }),
    ];
    const known = scenario([stationRecord(), cod1h, ...late]);
    assert.deepEqual(
      known.versions().map(({ state, backfilled }) => [state, backfilled]),
      [['closed', true]],
    );
    known.take(meanRecord({ channel: 'cod', end: at('19:00'), value: '70', knownAt: at('20:30') }));
    assert.deepEqual(
      known.current().map(({ backfilled }) => backfilled),
      [true, true],
    );
    known.take(meanRecord({ channel: 'cod', end: at('20:00'), value: '71', knownAt: at('20:40') }));
    assert.deepEqual(
      known.current().map(({ backfilled }) => backfilled),
      [true, false],
    );
  });

  it('of an hour that was closed as soon as it could be are live news, however seldom its station sends', () => {
    const closedByAdvance = (deliveryMs: number) =>
      scenario([
        stationRecord({ deliveryMs }),
        cod1h,
        meanRecord({ channel: 'cod', end: at('09:00'), value: '70', knownAt: at('10:05') }),
      ]);
    assert.equal(closedByAdvance(HOUR).current()[0]!.backfilled, false);
    assert.equal(closedByAdvance(5 * MINUTE).current()[0]!.backfilled, false);
    const late = meanRecord({ channel: 'cod', end: at('09:00'), value: '70', knownAt: at('11:16') });
    assert.equal(scenario([stationRecord(), cod1h, late]).current()[0]!.backfilled, true);
  });

  it('are judged by the limit of their own day', () => {
    const dated = limitsRecord([
      limit({ channel: 'cod', basis: '1h', upper: '67.5', to: '2026-01-15' }),
      limit({ channel: 'cod', basis: '1h', upper: '200', from: '2026-01-16' }),
    ]);
    // Vietnamese midnight is 17:00 UTC; the hour that ends there belongs to the day before.
    const known = scenario([stationRecord(), dated, ...hourly('16:00', '70', '70', '70')]);
    assert.deepEqual(known.current().map(spanOf), ['15:00-17:00']);
  });
});

describe('pitfall 2: one exceed flag per file, and a limit of 0 or none read as no limit', () => {
  const reading = (channel: string, bounds: { lower?: string; upper?: string }) =>
    limit({ channel, basis: 'reading', ...bounds });

  it('gives every channel of a set its own episode', () => {
    const limits = limitsRecord([reading('cod', { upper: '67.5' }), reading('ph', { lower: '6', upper: '9' })]);
    const known = scenario([stationRecord(), limits, setRecord(at('08:00'), { cod: '70', ph: '9.5' })]);
    assert.deepEqual(
      known.current().map(({ channel, peak }) => [channel, peak]),
      [
        ['cod', '70'],
        ['ph', '9.5'],
      ],
    );
    known.take(setRecord(at('08:05'), { cod: '70', ph: '7' }));
    assert.deepEqual(
      known.current().map(({ channel, state }) => [channel, state]),
      [
        ['cod', 'open'],
        ['ph', 'closed'],
      ],
    );
  });

  it('takes a limit of 0 for a limit, above and below', () => {
    const limits = limitsRecord([reading('cod', { upper: '0' }), reading('ph', { lower: '0' })]);
    const known = scenario([stationRecord(), limits, setRecord(at('08:00'), { cod: '0.1', ph: '-0.1' })]);
    assert.deepEqual(
      known.current().map(({ channel, threshold }) => [channel, threshold]),
      [
        ['cod', '0'],
        ['ph', '0'],
      ],
    );
  });

  it('takes a missing limit for none', () => {
    const limits = limitsRecord([reading('cod', {})]);
    const known = scenario([stationRecord(), limits, setRecord(at('08:00'), { cod: '100000', ph: '-5' })]);
    assert.deepEqual(known.current(), []);
  });
});

describe('pitfall 8: alarms stored per message', () => {
  it('gives three hours of readings beyond a limit one episode, not thirty-six alarms', () => {
    const limits = limitsRecord([limit({ channel: 'cod', basis: 'reading', upper: '67.5' })]);
    const known = scenario([stationRecord(), limits, ...sets('08:00', ...Array<string>(36).fill('70'), '60')]);
    assert.deepEqual(
      known.current().map(({ members, ...span }) => [spanOf(span), members]),
      [['08:00-10:55', 36]],
    );
    assert.equal(known.versions().length, 2);
  });

  it('tells an outage of a station from a node that was away', () => {
    const known = scenario([
      stationRecord(),
      setRecord(at('08:00'), { cod: '1' }),
      advanceRecord(at('08:00')),
      advanceRecord(at('11:50'), at('12:00')),
    ]);
    assert.deepEqual(
      known.of('outage').map(({ nodeAway }) => nodeAway),
      [true],
    );
    assert.match(known.of('outage')[0]!.explanation, /this node itself was away/);
  });
});

describe('technical faults', () => {
  it('are three failed readings in a row, and never an exceedance', () => {
    const limits = limitsRecord([limit({ channel: 'cod', basis: 'reading', upper: '0' })]);
    const known = scenario([stationRecord(), limits, ...sets('08:00', 'fail', '02')]);
    assert.deepEqual(known.current(), []);
    known.take(...sets('08:10', 'fail', '01', 'fail', '0'));
    assert.deepEqual(
      known.current().map((episode) => [episode.rule, spanOf(episode), episode.members]),
      [['technical-fault', '08:00-08:20', 4]],
    );
  });

  it('are told alike whether the mean of their hour is taken before them or after: it comes by another way', () => {
    const mean = meanRecord({ channel: 'cod', end: at('09:00'), value: null });
    const failed = sets('08:00', 'fail', 'fail', 'fail', 'fail');
    const versionsOf = (...records: typeof failed) =>
      scenario([stationRecord(), ...records])
        .versions()
        .map(({ state, members, cause }) => [state, members, cause]);
    assert.equal(versionsOf(...failed, mean).length, 1);
    assert.deepEqual(versionsOf(mean, ...failed), versionsOf(...failed, mean));
  });

  it('are withdrawn when a person accepts a reading between', () => {
    const known = scenario([stationRecord(), ...sets('08:00', 'fail', 'fail', 'fail')]);
    assert.equal(known.of('technical-fault').length, 1);
    known.take(setRecord(at('08:05'), { cod: '5' }, 2));
    assert.deepEqual(known.current(), []);
  });
});

describe('status 01 and 02', () => {
  it('over more than a quarter of a day are an episode', () => {
    const known = scenario([stationRecord(), ...sets('00:00', ...Array<string>(72).fill('01'))]);
    assert.deepEqual(known.of('status-share'), []);
    known.take(...sets('06:00', '01'));
    const [episode] = known.of('status-share');
    assert.equal(episode!.peak, '25.3');
    assert.equal(episode!.unit, '%');
    assert.equal(episode!.start, '2026-01-14T17:00:00.000Z');
  });

  it('do not count inside a declared period, whenever it is declared', () => {
    const known = scenario([stationRecord(), ...sets('00:00', ...Array<string>(80).fill('01'))]);
    assert.equal(known.of('status-share').length, 1);
    const declared = [{ from: at('00:00'), to: at('03:00'), channels: ['cod'] }];
    known.take(stationRecord({ version: 2, declared }));
    assert.deepEqual(known.of('status-share'), []);
    assert.equal(known.all()[0]!.cause, 'station:2');
  });
});
