import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AggregateComputed,
  type ObservationSetChecked,
  type ReplicationAdvanced,
  replicationAdvanced,
  topics,
} from '@quantrac/contracts';
import type { Difference } from '@quantrac/contracts/digest';
import type { Rejected } from '@quantrac/contracts/queries/rejected';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually } from '@quantrac/testing';
import { ministryCertificate } from './ministry-certificate.ts';
import { advance, complianceDay, episode, mean, sets, station } from './replication-records.ts';
import { nodeOf, replicationOf, startWorld } from './replication-world.ts';
import { KNOWN_AT } from './topic-owner.ts';

const some = [
  station('s1'),
  station('s2'),
  ...sets('s1', 300),
  ...sets('s2', 200),
  mean('s1', 2),
  episode('s1'),
  complianceDay('s2'),
  advance('s1'),
];
const forwarded = some.length - 1;

describe('the replication of a node', () => {
  test('makes the national copy equal, of what was there before and of what comes', async (t) => {
    const world = await startWorld(t);
    await world.publish(some);
    await world.startNational();
    await world.startSync();
    assert.equal(await world.acknowledged(), forwarded);
    await world.publish([...sets('s1', 3, { version: 2, value: '8' }), mean('s1', 2, 2), mean('s3', 4)]);
    assert.equal(await world.acknowledged(), forwarded + 5);

    assert.deepEqual(await world.differences(), []);
    assert.deepEqual(await world.national.query('differences', { node: world.node }), []);
    const { size, state, refusals, faults, lateStations } = await nodeOf(world.national, world.node);
    assert.deepEqual(
      { size, state, refusals, faults, lateStations },
      { size: forwarded + 5, state: 'connected', refusals: 0, faults: 0, lateStations: 2 },
    );
  });

  test('answers what the node recorded last, station by station', async (t) => {
    const world = await startWorld(t);
    await world.publish([
      ...some,
      ...sets('s1', 1, { version: 2, value: '8' }),
      mean('s1', 2, 2, '9.9'),
      station('s1', 2),
    ]);
    await world.startNational();
    await world.startSync();
    await world.acknowledged();
    const { node, national } = world;
    await eventually(async () => assert.equal((await nodeOf(national, node)).applied, forwarded + 3));

    const ask = <Row>(query: string, args: object) => national.query<Row>(query, { node, ...args });
    const range = { from: '2026-01-15T00:00:00.000Z', to: '2026-01-15T02:00:00.000Z' };
    const found = await ask<ObservationSetChecked>('sets', { station: 's1', ...range });
    assert.deepEqual(
      found.map(({ time, version }) => [time.slice(11, 16), version]),
      [
        ['01:30', 2],
        ['01:35', 1],
        ['01:40', 1],
        ['01:45', 1],
        ['01:50', 1],
        ['01:55', 1],
      ],
    );
    const upToThree = { station: 's1', from: range.from, to: '2026-01-15T03:00:00.000Z' };
    const means = await ask<AggregateComputed>('aggregates', upToThree);
    assert.deepEqual(
      means.map(({ version, value }) => [version, value]),
      [[2, '9.9']],
    );
    const stations = await ask<{ station: string; version: number }>('stations', {});
    assert.deepEqual(
      stations.map((one) => [one.station, one.version]),
      [
        ['s1', 2],
        ['s2', 1],
      ],
    );
    assert.equal((await ask('episodes', {})).length, 1);
    assert.equal((await ask('episodes', { to: '2026-01-15T00:00:00.000Z' })).length, 0);
    assert.equal((await ask('complianceDays', { from: '2026-01-15', to: '2026-01-15' })).length, 1);
    assert.equal((await ask('complianceDays', { from: '2026-01-16', to: '2026-01-20' })).length, 0);
    assert.deepEqual(await ask('sets', { node: 'another', station: 's1', ...range }), []);
  });

  test('lists every difference between the copies, each by what it is', async (t) => {
    const world = await startWorld(t);
    const set = { key: 's1', series: 'set', type: 'ObservationSetChecked', knownAt: 0, sequence: '1', version: 1 };
    const collection = `${topics.observationsChecked.name}@${world.node}`;
    const stores = await openEmbeddedStores(world.nationalData, 'national-aggregation');
    const [other, foreign] = [KNOWN_AT, KNOWN_AT + 3_600_000];
    await stores.series.insert(
      [other, foreign].map((time) => ({ ...set, collection, time, value: Buffer.from('{"other":true}') })),
    );
    await stores.close();
    await world.publish(sets('s1', 3));
    await world.keepUnheard([mean('s2', 5)]);
    await world.startNational();
    await world.startSync();
    await world.acknowledged();

    const found = (await world.differences()).map(({ difference, station, type, series, time, version }) =>
      [difference, station, type, series, time, version].join(' '),
    );
    assert.deepEqual(found.sort(), [
      `missing here s1 ObservationSetChecked set ${foreign} 1`,
      `missing there s2 AggregateComputed COD/mean/1h ${Date.UTC(2026, 0, 15, 5)} 1`,
      `other bytes s1 ObservationSetChecked set ${other} 1`,
    ]);
    const hours = await world.national.query<{ station: string; hour: string }>('differences', { node: world.node });
    assert.deepEqual(
      hours.map(({ station, hour }) => `${station} ${hour.slice(11, 13)}`),
      ['s2 05', 's1 01', 's1 02'],
    );
    assert.equal((await world.national.query('faults', { node: world.node })).length, 1);
    assert.equal((await nodeOf(world.national, world.node)).faults, 1);
  });

  test('lists no difference that is only under way, and those of one station or some hours where they are asked for', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    await world.startSync();
    await world.publish([...sets('s1', 40), ...sets('s2', 40)]);
    await world.acknowledged();
    await world.keepUnheard([mean('s1', 2), mean('s1', 4), mean('s2', 4)]);
    let [publishing, from] = [true, 40];
    const publisher = (async () => {
      for (; publishing; from++) {
        await world.publish(sets('s3', 1, { from }));
        await sleep(5);
      }
    })();
    const found = async (range: object) =>
      (await world.sync.query<Difference>('compare', range)).map(({ station, time }) => [
        station,
        new Date(time).getUTCHours(),
      ]);
    assert.deepEqual(await found({}), [
      ['s1', 2],
      ['s1', 4],
      ['s2', 4],
    ]);
    assert.deepEqual(await found({ station: 's1' }), [
      ['s1', 2],
      ['s1', 4],
    ]);
    assert.deepEqual(await found({ from: '2026-01-15T03:00:00.000Z', to: '2026-01-15T05:00:00.000Z' }), [
      ['s1', 4],
      ['s2', 4],
    ]);
    const places = await world.national.query<{ station: string }>('differences', { node: world.node });
    assert.deepEqual(
      places.map(({ station }) => station),
      ['s1', 's1', 's2'],
    );
    publishing = false;
    await publisher;
  });

  test('lets the journal grow while the ministry is away, and says so in its topic', async (t) => {
    const world = await startWorld(t);
    await world.publish(some);
    const sync = await world.startSync();
    await eventually(async () => assert.equal((await replicationOf(world.sync)).appended, forwarded));
    const away = await replicationOf(world.sync);
    assert.equal(away.acknowledged, 0);
    assert.match(away.problem!, /does not answer/);
    await world.startNational();
    await world.acknowledged();
    await sync.stop();
    await world.startSync();
    const kept: ReplicationAdvanced[] = [];
    for await (const batch of world.sync.history(topics.replication.name))
      kept.push(...batch.map(({ value }) => JSON.parse(Buffer.from(value).toString())));
    assert.ok(kept.some(({ acknowledged }) => acknowledged === forwarded));
    const held = new Set<number>();
    for await (const batch of world.national.history(topics.nationalReplication.name))
      for (const { value } of batch) held.add(JSON.parse(Buffer.from(value).toString()).acknowledged);
    assert.ok(held.size > 0);

    const stores = await openEmbeddedStores(world.nodeData, 'ministry-sync');
    const { records } = await stores.log.read(topics.replication, {}, 1000);
    await stores.close();
    const told = records.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as ReplicationAdvanced);
    for (const one of told) replicationAdvanced.parse(one);
    assert.equal(told.at(-1)!.acknowledged, forwarded);
    assert.ok(told.some(({ state, acknowledged }) => state !== 'streaming' && acknowledged === 0));
  });

  test('reads History where its position is lost, and takes nothing twice', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    const sync = await world.startSync();
    await world.publish(sets('s1', 50));
    await world.acknowledged();
    await sync.stop();
    await world.publish(sets('s1', 50, { from: 50 }));
    await world.forget(topics.observationsChecked);
    await world.publish(sets('s1', 50, { from: 100 }));
    await world.startSync();
    assert.equal(await world.acknowledged(), 150);
    assert.equal((await nodeOf(world.national, world.node)).size, 150);
    assert.deepEqual(await world.differences(), []);
  });

  test('says why its journal cannot grow, and goes on once it can', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    await world.startSync();
    await world.publish(sets('s1', 5));
    await world.acknowledged();
    const file = new DatabaseSync(join(world.nodeData, 'ministry-sync.sqlite'), { timeout: 10_000 });
    t.after(() => file.close());
    file.exec('ALTER TABLE journal_blocks RENAME TO hidden');
    await world.publish(sets('s1', 5, { from: 5 }));
    await eventually(async () => assert.match((await replicationOf(world.sync)).problem ?? '', /journal_blocks/));
    const [reading] = await world.sync.query<{ group: string; lastError?: string }>('health', {});
    assert.match(reading?.lastError ?? '', /journal_blocks/);
    file.exec('ALTER TABLE hidden RENAME TO journal_blocks');
    assert.equal(await world.acknowledged(), 10);
    await eventually(async () => assert.equal((await replicationOf(world.sync)).problem, null));
  });

  test('sets aside what cannot stand in a journal, and goes on', async (t) => {
    const world = await startWorld(t);
    await world.publish([...sets('s1', 2), mean('s1', 2)]);
    const unfit = [mean('two\nlines', 3), mean('s1', 4, 1, '7'.repeat(1_000_000))];
    await world.publish(unfit);
    await world.publish([mean('s1', 5)]);
    await world.startNational();
    await world.startSync();
    await eventually(async () => {
      const { setAside, acknowledged } = await replicationOf(world.sync);
      assert.deepEqual([setAside, acknowledged], [2, 4]);
    });
    const listed = await world.sync.query<Rejected>('rejected', { group: 'ministry-sync' });
    assert.deepEqual(listed.map(({ code, key }) => `${code} ${key}`).sort(), [
      'EnvelopeUnfit two\nlines',
      'PayloadTooLong s1',
    ]);
    for (const { topic, position } of listed)
      assert.match(`${topic} ${position}`, /^quantrac\.aggregates\.v1 \S+:\d+$/);
    const missing = await world.differences();
    assert.deepEqual(
      missing.map(({ difference, station }) => `${difference} ${station}`),
      ['missing there s1', 'missing there two\nlines'],
    );
  });

  test('speaks TLS with a ministry on TCP, and with none whose certificate it does not trust', async (t) => {
    const world = await startWorld(t);
    const [tlsCertificate, tlsKey] = [join(world.nationalData, 'ministry.pem'), join(world.nationalData, 'key.pem')];
    writeFileSync(tlsCertificate, ministryCertificate.cert);
    writeFileSync(tlsKey, ministryCertificate.key);
    const tls = { QUANTRAC_TLS_CERTIFICATE: tlsCertificate, QUANTRAC_TLS_KEY: tlsKey };
    await world.startNational({ QUANTRAC_PORT: '0', ...tls });
    const [listening] = await world.national.query<{ address: string; tls: boolean }>('addresses', {});
    assert.equal(listening!.tls, true);
    await world.publish(sets('s1', 10));
    const plain = await world.startSync({ QUANTRAC_MINISTRY: listening!.address });
    await eventually(async () => assert.match((await replicationOf(world.sync)).problem ?? '', /does not answer/));
    await plain.stop();
    await world.startSync({ QUANTRAC_MINISTRY: listening!.address, QUANTRAC_MINISTRY_CA: tlsCertificate });
    assert.equal(await world.acknowledged(), 10);
  });

  test('loses nothing and takes nothing twice when either side is killed at any moment', async (t) => {
    const world = await startWorld(t);
    let [sync, national] = [await world.startSync(), await world.startNational()];
    let [publishing, from] = [true, 0];
    const publisher = (async () => {
      for (; publishing; from += 20) {
        await world.publish([...sets('s1', 20, { from }), ...sets('s2', 20, { from })]);
        // a machine that starts processes slowly must not make more than can be compared in time
        await sleep(50);
      }
    })();
    for (let round = 0; round < 3; round++) {
      await sleep(400 * Math.random());
      await sync.kill();
      sync = await world.startSync();
      await sleep(400 * Math.random());
      await national.kill();
      national = await world.startNational();
    }
    publishing = false;
    await publisher;
    assert.equal(await world.acknowledged(), from * 2);
    assert.equal((await nodeOf(world.national, world.node)).size, from * 2);
    assert.deepEqual(await world.differences(), []);
    const { refusals, faults } = await nodeOf(world.national, world.node);
    assert.deepEqual([refusals, faults], [0, 0]);
  });
});
