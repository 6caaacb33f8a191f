import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { byTester, eventually } from '@quantrac/testing';
import { HOUR_MS, MINUTE_MS } from './loggers.ts';
import { every, iso, type RuleNode, startRuleNode } from './rule-node.ts';

/** 00:00 of 15 January 2026 in Việt Nam. */
const START = Date.UTC(2026, 0, 14, 17);
const DAY_MS = 24 * HOUR_MS;
const hourly = { intervalMs: HOUR_MS, deliveryMs: HOUR_MS };
let node: RuleNode;

before(async () => {
  node = await startRuleNode(START);
});
after(() => node.stop());

it('a day of wastewater at twice its limit is an exceedance over 24 hours with an incident, until a correction withdraws it', async () => {
  const station = await node.station(['COD'], hourly);
  await node.limit(station.station, ['COD']);
  await eventually(async () =>
    assert.ok((await node.node.peer('enterprise-compliance').query('limits', { station: station.station })).length > 0),
  );
  const from = node.hour();
  await node.clock(from + DAY_MS);
  await station.send(...every(60, from, from + DAY_MS, { COD: '135' }));
  const overADay = async () => (await station.episodes('exceedance')).filter(({ basis }) => basis === '24h');
  await eventually(async () => {
    const [value] = await station.days();
    assert.partialDeepStrictEqual(value ?? {}, { day: '2026-01-15', value: '135', verdict: 'exceeds' });
    const exceedance = { start: iso(from), peak: '135', threshold: '67.5', state: 'open' };
    assert.partialDeepStrictEqual(await overADay(), [exceedance]);
  });
  const { episode } = (await overADay())[0]!;
  const incident = async () =>
    (await station.incidents()).find(({ episodes }) => episodes.some((one) => one.episode === episode));
  await eventually(async () => assert.equal((await incident())?.state, 'open'));

  await station.send(...every(60, from, from + DAY_MS, { COD: '20' }));
  await eventually(async () => assert.deepEqual(await overADay(), []));
  await eventually(async () => assert.equal((await incident())?.state, 'resolved'));
});

it('a permit that names a mean of 8 hours, which nobody makes, is refused by name', async () => {
  const station = await node.station(['COD'], { ...hourly, intervalMs: 5 * MINUTE_MS });
  const compliance = node.node.peer('enterprise-compliance');
  const { station: id } = station;
  await compliance.handle('RegisterEnterprise', { enterprise: '0199999999', name: 'Công ty' }, byTester());
  const facility = {
    facility: 'facility-8h',
    name: 'Cơ sở',
    kind: 'polluting-type',
    owner: '0199999999',
    operatingSince: '2020-01-01',
    stations: [{ station: id }],
  };
  await compliance.handle('RegisterFacility', facility, byTester());
  const rule = {
    station: id,
    channel: 'COD',
    standard: 'QCVN 40:2011/BTNMT',
    column: 'A',
    factors: { Kq: '0.9', Kf: '1.0' },
  };
  const permit = { permit: 'permit-8h', facility: 'facility-8h', number: 'GPMT 8', from: '2020-01-01' };
  await assert.rejects(
    compliance.handle('GrantPermit', { ...permit, rules: [{ ...rule, watch: ['8h'] }] }, byTester()),
    (error) => isFault(error, 'WatchUnknown') && /channel COD/.test(String(error)),
  );
});
