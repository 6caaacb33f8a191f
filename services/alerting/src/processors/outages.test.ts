import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceRecord, at, scenario, setRecord, spanOf, stationRecord } from '../testing/scenario.ts';

const HOUR = 3_600_000;
const set = (time: string, knownAt = time) => setRecord(at(time), { cod: '1' }, 1, at(knownAt));

describe('an outage', () => {
  it('begins by an advance once the station is late, at the last set, and ends with the first set after', () => {
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(at('08:15'))]);
    assert.deepEqual(known.current(), []);
    known.take(advanceRecord(at('08:16')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-']);
    known.take(set('09:30'));
    assert.deepEqual(known.current().map(spanOf), ['08:00-09:30']);
    assert.equal(known.current()[0]!.backfilled, false);
  });

  it('is not begun by a set, however late', () => {
    const known = scenario([stationRecord(), set('08:00'), set('12:00')]);
    assert.deepEqual(known.current(), []);
    known.take(advanceRecord(at('12:05')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-12:00']);
  });

  it('allows for the delivery interval of a logger that sends an hour at once', () => {
    const record = stationRecord({ deliveryMs: HOUR });
    const known = scenario([record, set('08:00'), advanceRecord(at('09:10'))]);
    assert.deepEqual(known.current(), []);
    known.take(advanceRecord(at('09:11')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-']);
  });

  it('of a station that has never sent is none', () => {
    const known = scenario([stationRecord(), advanceRecord(at('08:00')), advanceRecord(at('23:00'))]);
    assert.deepEqual(known.current(), []);
  });

  it('is to be reported after twelve hours', () => {
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(at('20:00'))]);
    assert.deepEqual(
      known.current().map(({ reportable }) => reportable),
      [false],
    );
    known.take(advanceRecord(at('20:10')));
    assert.deepEqual(
      known.current().map(({ reportable }) => reportable),
      [true],
    );
    assert.match(known.current()[0]!.explanation, /to be reported/);
    assert.equal(known.versions().length, 2);
  });

  it('is shortened, split and withdrawn by data that are filled in afterwards', () => {
    const known = scenario([
      stationRecord(),
      set('08:00'),
      advanceRecord(at('12:00')),
      set('12:05'),
      advanceRecord(at('12:10')),
    ]);
    assert.deepEqual(known.current().map(spanOf), ['08:00-12:05']);
    known.take(set('08:05', '12:15'));
    assert.deepEqual(known.current().map(spanOf), ['08:05-12:05'], 'shortened');
    known.take(set('10:00', '12:15'));
    assert.deepEqual(known.current().map(spanOf), ['08:05-10:00', '10:00-12:05'], 'split');
    assert.deepEqual(
      known.current().map(({ ordinal, backfilled }) => [ordinal, backfilled]),
      [
        [1, false],
        [2, true],
      ],
    );
    for (let time = at('08:10'); time < at('12:05'); time += 600_000)
      known.take(setRecord(time, { cod: '1' }, 1, at('12:15')));
    assert.deepEqual(known.current(), []);
    assert.ok(known.all().every(({ explanation }) => explanation.startsWith('unfounded by receipt:')));
  });

  it('does not go on at a station that is suspended', () => {
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(at('09:00'))]);
    assert.equal(known.current().length, 1);
    known.take(stationRecord({ version: 2, lifecycle: 'suspended' }));
    assert.deepEqual(known.current(), []);
  });

  it('is one over months, and is found again when data are filled into it', () => {
    const start = at('08:00');
    const month = 30 * 24 * HOUR;
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(start + HOUR)]);
    for (let day = 1; day <= 61; day++) known.take(advanceRecord(start + day * 24 * HOUR));
    known.take(setRecord(start + 2 * month, { cod: '1' }), advanceRecord(start + 2 * month + HOUR));
    known.take(setRecord(start + month, { cod: '1' }));
    assert.deepEqual(
      known.current().map(({ ordinal, end }) => [ordinal, end === null]),
      [
        [1, false],
        [3, false],
        [2, true],
      ],
    );
  });
});

describe('a node that was away', () => {
  it('says so for the time of its absence, and does not blame a station that returns with it', () => {
    const known = scenario([
      stationRecord(),
      set('08:00'),
      advanceRecord(at('08:10')),
      advanceRecord(at('20:00'), at('20:00')),
      set('20:05'),
      advanceRecord(at('20:20'), at('20:00')),
    ]);
    const [episode, ...others] = known.current();
    assert.equal(others.length, 0);
    assert.equal(spanOf(episode!), '08:00-20:05');
    assert.equal(episode!.nodeAway, true);
    assert.equal(episode!.reportable, false);
  });

  it('blames a station that stays silent after the return, from the return on', () => {
    const known = scenario([
      stationRecord(),
      set('08:00'),
      advanceRecord(at('08:10')),
      advanceRecord(at('12:00'), at('12:00')),
      advanceRecord(at('14:00'), at('12:00')),
    ]);
    assert.deepEqual(
      known.current().map((episode) => [spanOf(episode), episode.nodeAway]),
      [
        ['08:00-12:00', true],
        ['12:00-', false],
      ],
    );
  });

  it('leaves the blame with a station that was late before', () => {
    const known = scenario([
      stationRecord(),
      set('08:00'),
      advanceRecord(at('09:00')),
      advanceRecord(at('12:00'), at('12:00')),
      advanceRecord(at('14:00'), at('12:00')),
    ]);
    assert.deepEqual(
      known.current().map((episode) => [spanOf(episode), episode.nodeAway]),
      [['08:00-', false]],
    );
  });

  it('is drawn together with the outage that follows, however long ago', () => {
    const memory = { recentMs: HOUR, longMs: 2 * HOUR, headMs: HOUR };
    const away = [advanceRecord(at('01:03'), at('01:01')), advanceRecord(at('03:40'), at('01:01'))];
    const known = scenario([stationRecord(), set('00:35'), set('02:40'), ...away], { memory });
    known.take(set('00:40'), set('00:45'));
    assert.deepEqual(known.current().map(spanOf), ['00:45-01:01', '01:01-02:40', '02:40-']);
  });

  it('does not split an outage by a restart', () => {
    const known = scenario([
      stationRecord(),
      set('08:00'),
      advanceRecord(at('08:05')),
      advanceRecord(at('08:10'), at('08:07')),
      advanceRecord(at('21:00'), at('08:07')),
    ]);
    assert.deepEqual(
      known.current().map((episode) => [spanOf(episode), episode.nodeAway]),
      [['08:00-', false]],
    );
  });
});

describe('a declared period', () => {
  const declared = [{ from: at('08:00'), to: at('12:00') }];

  it('covers an outage inside it', () => {
    const known = scenario([stationRecord({ declared }), set('07:55'), advanceRecord(at('09:00'))]);
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [true],
    );
    known.take(set('12:05'));
    assert.deepEqual(
      known.current().map((episode) => [spanOf(episode), episode.declared]),
      [['07:55-12:05', true]],
    );
  });

  it('does not cover an outage that outlasts it', () => {
    const known = scenario([stationRecord({ declared }), set('07:55'), advanceRecord(at('12:15'))]);
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [true],
    );
    known.take(advanceRecord(at('12:16')));
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [false],
    );
  });

  it('covers afterwards too, once it is declared', () => {
    const known = scenario([stationRecord(), set('07:55'), advanceRecord(at('11:00')), set('11:00')]);
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [false],
    );
    known.take(stationRecord({ version: 2, declared }));
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [true],
    );
  });
});
