import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, dayRecord, limit, limitsRecord, meanRecord, scenario, stationRecord } from '../testing/scenario.ts';

describe('exceedances over a day', () => {
  const over24h = (permit: string | null) =>
    limitsRecord([limit({ channel: 'cod', basis: '24h', upper: '67.5', earlyWarning: '0.7', permit })]);
  const mean = meanRecord({ channel: 'cod', length: '24h', end: at('17:00'), value: '135' });
  const day = (value: string | null, version = 1) => dayRecord({ channel: 'cod', day: '2026-01-15', value, version });

  it("are of the daily value that compliance makes, where the limit is a permit's", () => {
    const known = scenario([stationRecord(), over24h('permit-1'), mean]);
    assert.deepEqual(known.current(), []);
    known.take(day('70'));
    const [episode] = known.of('exceedance');
    assert.deepEqual([episode!.basis, episode!.peak, episode!.start], ['24h', '70', '2026-01-14T17:00:00.000Z']);
    assert.match(episode!.explanation, /^daily values of COD/);
    assert.equal(known.of('early-warning').length, 1);
    known.take(day('50', 2));
    assert.deepEqual(known.of('exceedance'), []);
    assert.equal(known.of('early-warning').length, 1);
    known.take(day(null, 3));
    assert.deepEqual(known.current(), []);
  });

  it('are of means in ambient air, whatever else is known of the day', () => {
    const known = scenario([stationRecord(), over24h(null), day('20'), mean]);
    assert.deepEqual(
      known.of('exceedance').map(({ peak }) => peak),
      ['135'],
    );
  });
});
