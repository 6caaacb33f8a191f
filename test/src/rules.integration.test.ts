import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AggregateComputed, type EpisodeRecorded, testFlag } from '@quantrac/contracts';
import { startNodeProcess } from '@quantrac/standalone/demo/node-process';
import { byTester, eventually } from '@quantrac/testing';
import { HOUR_MS, MINUTE_MS } from './loggers.ts';
import { every, iso, type RuledStation, type RuleNode, startRuleNode } from './rule-node.ts';

/** 00:00 of 15 January 2026 in Việt Nam. */
const START = Date.UTC(2026, 0, 14, 17);
const hourly = { intervalMs: HOUR_MS, deliveryMs: HOUR_MS };
const quarterly = { intervalMs: 15 * MINUTE_MS, deliveryMs: 15 * MINUTE_MS };
/** Long enough for an hour to close without what is missing. */
const CLOSING_MS = 40 * MINUTE_MS;

describe('what follows from what a station sends', () => {
  let node: RuleNode;

  before(async () => {
    node = await startRuleNode(START);
  });
  after(() => node.stop());

  /** A station with a permit that sends COD once an hour. */
  async function limitedStation(): Promise<RuledStation> {
    const station = await node.station(['COD'], hourly);
    await node.limit(station.station, ['COD']);
    await eventually(async () =>
      assert.ok(
        (await node.node.peer('enterprise-compliance').query('limits', { station: station.station })).length > 0,
      ),
    );
    return station;
  }
  const meanOf = async ({ means }: RuledStation, end: number) => (await means()).find((mean) => mean.end === iso(end));
  const meanIs = (station: RuledStation, end: number, wanted: Partial<AggregateComputed>) =>
    eventually(async () => assert.partialDeepStrictEqual((await meanOf(station, end)) ?? {}, wanted));
  const exceedances = async ({ episodes }: RuledStation) =>
    (await episodes('exceedance')).filter(({ basis }) => basis === '1h');

  it('a late file is checked, and amends the mean of its hour, which names it as the cause', async () => {
    const [station, from] = [await node.station(['COD'], quarterly), node.hour()];
    const [first, late, ...rest] = every(15, from, from + HOUR_MS, { COD: '10' });
    await node.clock(from + HOUR_MS);
    await station.send(first!, ...rest);
    await node.clock(from + HOUR_MS + CLOSING_MS);
    await meanIs(station, from + HOUR_MS, { value: '10', received: 3, expected: 4, state: 'closed', version: 1 });

    const [answer] = await station.send({ ...late!, values: { COD: '20' } });
    const cause = `receipt:${answer!.receipt}`;
    const wanted = { value: '12.5', received: 4, state: 'amended', version: 2, cause, root: cause } as const;
    await meanIs(station, from + HOUR_MS, wanted);
    const checked = (await station.readings()).find(({ time }) => time === iso(late!.time));
    assert.deepEqual([checked!.reading.value, checked!.cause], ['20', cause]);
  });

  it('a correction supersedes its reading, and the mean follows', async () => {
    const [station, from] = [await node.station(['COD', 'TSS'], quarterly), node.hour()];
    await node.clock(from + HOUR_MS);
    await station.send(...every(15, from, from + HOUR_MS, { COD: '10', TSS: '5' }));
    await eventually(async () => assert.equal((await station.means()).length, 2));
    const [answer] = await station.send({ time: from + HOUR_MS, values: { COD: '30' } });
    await meanIs(station, from + HOUR_MS, { channel: 'COD', value: '15', cause: `receipt:${answer!.receipt}` });
    const tss = (await station.means()).find(({ channel }) => channel === 'TSS');
    assert.deepEqual([tss!.value, tss!.version], ['5', 1]);
  });

  it('below the data capture an hour has no mean but a reason, and gets one when the rest comes', async () => {
    const [station, from] = [await node.station(['COD'], quarterly), node.hour()];
    const [first, second, ...rest] = every(15, from, from + HOUR_MS, { COD: '10' });
    await node.clock(from + HOUR_MS);
    await station.send(first!, second!);
    await node.clock(from + HOUR_MS + CLOSING_MS);
    await meanIs(station, from + HOUR_MS, { value: null, reason: 'data-capture', dataCapture: '0.500', received: 2 });
    await station.send(...rest);
    await meanIs(station, from + HOUR_MS, { value: '10', dataCapture: '1.000', state: 'amended' });
  });

  it('late hours extend an episode and merge it with the next, which is withdrawn', async () => {
    const [station, from] = [await limitedStation(), node.hour()];
    const at = (hour: number, COD: string) => ({ time: from + hour * HOUR_MS, values: { COD } });
    await node.clock(from + 10 * HOUR_MS);
    await station.send(at(3, '70'), at(8, '80'), at(9, '20'));
    await eventually(async () => assert.equal((await exceedances(station)).length, 2));
    const [first, second] = (await exceedances(station)).toSorted((a, b) => a.ordinal - b.ordinal);

    await station.send(at(2, '90'));
    await eventually(async () => {
      const episode = (await exceedances(station)).find((one) => one.episode === first!.episode);
      assert.equal(episode!.peak, '90');
      assert.ok(episode!.start < first!.start, `${episode!.start} is before ${first!.start}`);
    });
    const answers = await station.send(at(5, '75'), at(6, '75'));
    await eventually(async () => assert.equal((await exceedances(station)).length, 1));
    const [merged] = await exceedances(station);
    assert.deepEqual([merged!.episode, merged!.end, merged!.members], [first!.episode, second!.end, 5]);
    const withdrawn = (await station.episodes('exceedance', 'all'))
      .filter(({ episode }) => episode === second!.episode)
      .at(-1);
    assert.equal(withdrawn!.state, 'withdrawn');
    assert.ok(
      answers.some(({ receipt }) => withdrawn!.cause === `receipt:${receipt}`),
      withdrawn!.cause,
    );
  });

  it('a correction below the limit withdraws the episode, and its incident is resolved', async () => {
    const [station, from] = [await limitedStation(), node.hour()];
    const at = (hour: number, COD: string) => ({ time: from + hour * HOUR_MS, values: { COD } });
    await node.clock(from + 3 * HOUR_MS);
    await station.send(at(1, '20'), at(2, '99'), at(3, '20'));
    const open = async () =>
      (await station.incidents()).filter(({ rule, state }) => rule === 'exceedance' && state === 'open');
    await eventually(async () => assert.equal((await open()).length, 1));
    await station.send(at(2, '21'));
    await eventually(async () => assert.deepEqual(await exceedances(station), []));
    await eventually(async () => assert.equal((await open()).length, 0));
    const all = await station.episodes('exceedance', 'all');
    assert.equal(all.at(-1)!.state, 'withdrawn');
  });

  for (const suspended of [false, true])
    it(`an exceedance ends with its last hour though the station ${suspended ? 'is suspended' : 'falls silent'} after it`, async () => {
      const [station, from] = [await limitedStation(), node.hour()];
      await node.clock(from + HOUR_MS);
      await station.send({ time: from + HOUR_MS, values: { COD: '99' } });
      await eventually(async () =>
        assert.partialDeepStrictEqual(await exceedances(station), [{ state: 'open', start: iso(from) }]),
      );
      if (suspended) {
        const change = { station: station.station, to: 'suspended', reason: 'flood' };
        await node.node.peer('station-registry').handle('ChangeLifecycle', change, byTester());
      }
      await node.clock(from + 5 * HOUR_MS + CLOSING_MS + HOUR_MS);
      const end = iso(from + HOUR_MS);
      await eventually(async () =>
        assert.partialDeepStrictEqual(await exceedances(station), [{ state: 'closed', end, members: 1 }]),
      );
    });

  it('an outage begins when the station is late, shrinks by what is filled in out of order, and is withdrawn when nothing is missing', async () => {
    const [station, from] = [await node.station(['COD']), node.hour()];
    const [missing, back] = [every(5, from, from + HOUR_MS, { COD: '10' }), from + HOUR_MS + 5 * MINUTE_MS];
    await node.clock(from);
    await station.send({ time: from, values: { COD: '10' } });
    await node.clock(from + HOUR_MS);
    const outage = () => station.episodes('outage');
    await eventually(async () =>
      assert.partialDeepStrictEqual(await outage(), [{ state: 'open', start: iso(from), end: null, nodeAway: false }]),
    );
    await node.clock(back);
    await station.send({ time: back, values: { COD: '10' } });
    await eventually(async () => assert.partialDeepStrictEqual(await outage(), [{ state: 'closed', end: iso(back) }]));

    const fromTheEnd = missing.toReversed();
    await station.send(...fromTheEnd.slice(0, 6));
    const shrunk = iso(fromTheEnd[5]!.time);
    await eventually(async () => assert.partialDeepStrictEqual(await outage(), [{ start: iso(from), end: shrunk }]));
    await station.send(...fromTheEnd.slice(6));
    await eventually(async () => assert.deepEqual(await outage(), []));
    await eventually(async () => assert.equal((await station.readings()).length, 14));
    await eventually(async () =>
      assert.deepEqual(
        (await station.incidents()).map(({ state }) => state),
        ['resolved'],
      ),
    );
    assert.equal((await meanOf(station, from + HOUR_MS))?.received, 12);
  });

  it('a declared period covers its outage, and what it holds neither counts nor is expected', async () => {
    const [station, from] = [await node.station(['COD'], quarterly), node.hour()];
    const registry = node.node.peer('station-registry');
    await node.clock(from + HOUR_MS);
    await station.send(...every(15, from, from + HOUR_MS, { COD: '10' }));
    await meanIs(station, from + HOUR_MS, { valid: 4, value: '10' });
    const period = {
      kind: 'maintenance',
      from: iso(from + 15 * MINUTE_MS + 1),
      to: iso(from + 5 * HOUR_MS),
      expected: false,
    };
    const { station: id } = station;
    const declared = await registry.handle<{ period: string }>(
      'DeclarePeriod',
      { station: id, ...period, reason: 'pump changed' },
      byTester(),
    );
    await registry.handle('AcceptPeriod', { station: id, period: declared.period }, byTester());
    await eventually(async () => {
      const reasons = (await station.readings()).map(({ reading }) => reading.notCounted);
      assert.deepEqual(reasons, [undefined, ...Array(3).fill('declared-period')]);
    });
    await eventually(async () =>
      assert.partialDeepStrictEqual(await meanOf(station, from + HOUR_MS), { valid: 1, expected: 1 }),
    );
    await node.clock(from + 4 * HOUR_MS);
    await station.send({ time: from + 4 * HOUR_MS, values: { COD: '10' } });
    await eventually(async () => assert.ok((await station.episodes('outage')).every(({ declared }) => declared)));
    assert.deepEqual(
      (await station.incidents()).filter(({ state }) => state !== 'resolved'),
      [],
    );
  });

  it("a person's rejection takes readings out of their mean, naming the review, and its revocation gives them back", async () => {
    const [station, from] = [await node.station(['COD'], quarterly), node.hour()];
    const quality = node.node.peer('quality-control');
    await node.clock(from + HOUR_MS);
    const [odd, ...rest] = every(15, from, from + HOUR_MS, { COD: '10' });
    await station.send({ ...odd!, values: { COD: '50' } }, ...rest);
    await meanIs(station, from + HOUR_MS, { value: '20', valid: 4 });
    const range = { station: station.station, channels: ['COD'], from: iso(odd!.time), to: iso(odd!.time) };
    const { review } = await quality.handle<{ review: string }>(
      'ReviewReadings',
      { ...range, decision: 'rejected', reason: 'bubble in the cell' },
      byTester(),
    );
    await meanIs(station, from + HOUR_MS, { value: '10', valid: 3, state: 'amended' });
    const mean = await meanOf(station, from + HOUR_MS);
    assert.match(mean!.cause, new RegExp(`^review:.*${review}`));
    const judged = (await station.readings()).find(({ time }) => time === iso(odd!.time))!.reading;
    assert.deepEqual(
      [judged.value, judged.counts, judged.notCounted, judged.review?.by],
      ['50', false, 'rejected', 'tester'],
    );
    await quality.handle('RevokeReview', { station: station.station, review, reason: 'no bubble' }, byTester());
    await meanIs(station, from + HOUR_MS, { value: '20', valid: 4 });
  });

  it('a day is judged by its mean, with the numbers by design, received and in error, and again when a late file comes', async () => {
    const station = await limitedStation();
    const from = Math.ceil((node.hour() - START) / (24 * HOUR_MS)) * 24 * HOUR_MS + START;
    const at = (hour: number, COD: string, status = '00') => ({
      time: from + hour * HOUR_MS,
      values: { COD: [COD, status] as const },
    });
    const sent = Array.from({ length: 22 }, (_, index) => at(index + 1, '70', index < 2 ? '02' : '00'));
    await node.clock(from + 24 * HOUR_MS);
    await station.send(...sent);
    await node.clock(from + 49 * HOUR_MS);
    const verdict = async (wanted: object) =>
      eventually(async () => assert.partialDeepStrictEqual(await station.days(), [wanted]));
    const numbers = { byDesign: 24, received: 22, inError: 2 };
    await verdict({
      ...numbers,
      verdict: 'exceeds',
      value: '70',
      upper: '67.5',
      method: 'mean-of-readings',
      unconfirmed: true,
    });
    const late = await station.send(at(23, '8'), at(24, '0'));
    await verdict({ ...numbers, received: 24, verdict: 'within', state: 'amended' });
    const [day] = await station.days();
    assert.ok(
      late.some(({ receipt }) => day!.cause === `receipt:${receipt}`),
      day!.cause,
    );
  });

  it('every channel of a file has its own verdict, and many readings beyond a limit are one episode with one incident', async () => {
    const [station, from] = [await node.station(['COD', 'TSS', 'pH'], hourly), node.hour()];
    await node.limit(station.station, ['COD', 'TSS', 'pH']);
    await eventually(async () =>
      assert.equal(
        (await node.node.peer('enterprise-compliance').query('limits', { station: station.station, day: '2026-01-15' }))
          .length,
        6,
      ),
    );
    await node.clock(from + 6 * HOUR_MS);
    await station.send(...every(60, from, from + 6 * HOUR_MS, { COD: '99', TSS: '3', pH: '0' }));
    await eventually(async () => {
      const found = (await exceedances(station)).map(
        ({ channel, threshold, state }) => `${channel} ${threshold} ${state}`,
      );
      assert.deepEqual(found.sort(), ['COD 67.5 open', 'pH 6 open']);
    });
    await eventually(async () => {
      const opened = (await station.incidents()).filter(({ rule }) => rule === 'exceedance');
      assert.equal(opened.length, 2);
    });
  });

  it('a text, a missing-value code and a line under calibration or error never enter a mean, and each line has its own status', async () => {
    const [station, from] = [await node.station(['COD', 'TSS', 'pH'], quarterly), node.hour()];
    const [first, second, third, fourth] = every(15, from, from + HOUR_MS, { COD: '10', TSS: '4', pH: '7' });
    await node.clock(from + HOUR_MS);
    const answers = await station.send(
      { ...first!, values: { COD: ['90', '01'], TSS: '4', pH: ['-999', '00'] } },
      { ...second!, values: { COD: '10', TSS: 'abc', pH: '7' } },
      { ...third!, values: { COD: '10', TSS: ['400', '02'], pH: '7' } },
      fourth!,
    );
    assert.deepEqual(
      answers.map(({ outcome, reason }) => reason ?? outcome),
      ['accepted', 'ValueNotANumber', 'accepted', 'accepted'],
    );
    await node.clock(from + HOUR_MS + CLOSING_MS);
    await eventually(async () => {
      const means = (await station.means()).map(({ channel, value, received, valid }) => [
        channel,
        value,
        received,
        valid,
      ]);
      assert.deepEqual(means, [
        ['COD', '10', 4, 3],
        ['TSS', null, 3, 2],
        ['pH', '7', 4, 3],
      ]);
    });
    const reasons = (await station.readings()).flatMap(({ reading }) => reading.notCounted ?? []);
    assert.deepEqual(reasons.sort(), ['calibration', 'device-error', 'missing']);
  });

  it('every reading of a stuck sensor from the Nth on is flagged, not the Nth alone', async () => {
    const flatLine = { tolerance: '0', suspectAfter: 3, failAfter: 5 };
    const [station, from] = [await node.station(['COD'], { quality: { flatLine } }), node.hour()];
    await node.clock(from + HOUR_MS);
    await station.send(...every(5, from, from + HOUR_MS, { COD: '10' }));
    await eventually(async () => {
      const flags = (await station.readings()).map(({ reading }) => testFlag(reading.flags, 'flatLine'));
      assert.deepEqual(flags, [2, 2, 3, 3, ...Array(8).fill(4)]);
    });
    await eventually(async () =>
      assert.partialDeepStrictEqual(await station.episodes('technical-fault'), [{ channel: 'COD', state: 'open' }]),
    );
  });

  it('two readings in one slot count as one received, and no share passes the whole', async () => {
    const [station, from] = [await node.station(['COD'], quarterly), node.hour()];
    const values = { COD: '10' };
    await node.clock(from + HOUR_MS);
    await station.send(...every(15, from, from + HOUR_MS, values), { time: from + 31 * MINUTE_MS, values });
    await meanIs(station, from + HOUR_MS, { expected: 4, received: 4, valid: 4, dataCapture: '1.000' });
  });
});

describe('a node that was away', () => {
  it('says so, instead of blaming its stations', async (t) => {
    const awaySince = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 2 * HOUR_MS;
    const earlier = await startRuleNode(awaySince - HOUR_MS);
    const { station, send } = await earlier.station(['COD']);
    await earlier.clock(awaySince);
    await send(...every(5, awaySince - HOUR_MS, awaySince, { COD: '10' }));
    await earlier.stop();

    const settings = { clock: 'system', httpPort: 0, ftpPort: 0, portalPort: 0, logLevel: 'error' };
    const node = await startNodeProcess({ node: 'rules', data: earlier.node.data, settings });
    t.after(() => node.stop());
    await eventually(async () => {
      const outages = await node.peer('alerting').query<EpisodeRecorded>('episodes', { station, rule: 'outage' });
      assert.partialDeepStrictEqual(outages, [{ start: iso(awaySince), nodeAway: true }]);
    });
  });
});
