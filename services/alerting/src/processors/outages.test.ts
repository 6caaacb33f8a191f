import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceRecord, at, iso, scenario, setRecord, spanOf, stationRecord } from '../testing/scenario.ts';

const HOUR = 3_600_000;
const set = (time: string, knownAt = time) => setRecord(at(time), { cod: '1' }, 1, at(knownAt));

describe('an outage', () => {
  it('begins by the advance that a due set is missing from, at the last set, and ends with the first set after', () => {
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(at('08:04'))]);
    assert.deepEqual(known.current(), []);
    known.take(advanceRecord(at('08:05')));
    const [episode] = known.current();
    assert.equal(spanOf(episode!), '08:00-');
    assert.equal(episode!.knownAt, iso('08:15'), 'delivery and grace are allowed for once');
    known.take(set('09:30'));
    assert.deepEqual(known.current().map(spanOf), ['08:00-09:30']);
    assert.equal(known.current()[0]!.backfilled, false);
  });

  it('is none where one set is missing between two', () => {
    const known = scenario([stationRecord(), set('08:00'), set('08:10'), set('08:25'), advanceRecord(at('08:25'))]);
    assert.deepEqual(known.current().map(spanOf), ['08:10-08:25']);
  });

  it('is not begun by a set, however late', () => {
    const known = scenario([stationRecord(), set('08:00'), set('12:00')]);
    assert.deepEqual(known.current(), []);
    known.take(advanceRecord(at('12:04')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-12:00']);
  });

  it('of a logger that sends an hour at once is live news, however late it is seen', () => {
    const record = stationRecord({ deliveryMs: HOUR });
    const known = scenario([record, set('08:00', '08:01'), advanceRecord(at('08:05'), at('00:00'), HOUR + 300_000)]);
    const [episode] = known.current();
    assert.deepEqual([spanOf(episode!), episode!.knownAt, episode!.backfilled], ['08:00-', iso('09:10'), false]);
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
      advanceRecord(at('12:05')),
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

  it('ends with the suspension of its station, and none begins before it is to send again', () => {
    const known = scenario([stationRecord(), set('08:00'), advanceRecord(at('09:00'))]);
    assert.deepEqual(known.current().map(spanOf), ['08:00-']);
    const suspended = [
      { from: null, lifecycle: 'operating' as const },
      { from: iso('10:00'), lifecycle: 'suspended' as const },
    ];
    known.take(
      stationRecord({ version: 2, lifecycle: 'suspended', lifecycles: suspended }),
      advanceRecord(at('20:00')),
    );
    assert.deepEqual(known.current().map(spanOf), ['08:00-10:00']);
    const lifecycles = [...suspended, { from: iso('22:00'), lifecycle: 'operating' as const }];
    known.take(stationRecord({ version: 3, lifecycles }));
    known.take(advanceRecord(at('22:04')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-10:00'], 'it has resumed, and nothing is due yet');
    known.take(advanceRecord(at('22:05')));
    assert.deepEqual(known.current().map(spanOf), ['08:00-10:00', '22:00-']);
    known.take(set('22:05'));
    assert.deepEqual(known.current().map(spanOf), ['08:00-10:00']);
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
      advanceRecord(at('08:00')),
      advanceRecord(at('19:50'), at('20:00')),
      set('20:05'),
      advanceRecord(at('20:05'), at('20:00')),
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
      advanceRecord(at('08:00')),
      advanceRecord(at('11:50'), at('12:00')),
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
    const memory = { recentMs: HOUR, longMs: 2 * HOUR, headMs: HOUR, stretchMs: HOUR };
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
    const known = scenario([stationRecord({ declared }), set('07:55'), advanceRecord(at('12:00'))]);
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [true],
    );
    known.take(advanceRecord(at('12:05')));
    assert.deepEqual(
      known.current().map((episode) => episode.declared),
      [false],
    );
  });

  it('does not count as outage: what lies outside of it is reported once it is longer than twelve hours', () => {
    const known = scenario([stationRecord({ declared }), set('07:00'), advanceRecord(at('22:55'))]);
    const reported = () => known.current().map(({ reportable }) => reportable);
    assert.deepEqual(reported(), [false]);
    known.take(advanceRecord(at('23:05')));
    assert.deepEqual(reported(), [true]);
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
