import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { topics } from '@quantrac/contracts';
import { isFault } from '@quantrac/event-sourcing';
import { byTester, eventually } from '@quantrac/testing';
import { advance, mean, sets, station } from './replication-records.ts';
import {
  copyAway,
  nodeOf,
  openIncarnation,
  patiently,
  replicationOf,
  startWorld,
  type World,
} from './replication-world.ts';

const first = [station('s1'), ...sets('s1', 30)];
const second = [...sets('s1', 20, { from: 30 }), mean('s1', 2)];
const third = [...sets('s1', 10, { from: 50 }), mean('s1', 3)];

/** A policy that also forwards what is no fact of the default: another journal of the same topics. */
const otherPolicy = {
  QUANTRAC_POLICY: JSON.stringify([
    {
      records: {
        [topics.stations.name]: ['StationRecorded'],
        [topics.observationsChecked.name]: ['ObservationSetChecked', 'IntakeAdvanced'],
        [topics.aggregates.name]: ['AggregateComputed'],
      },
    },
  ]),
};

const stoppedAs = (world: World, code: string) =>
  eventually(async () => {
    const row = await replicationOf(world.sync);
    assert.deepEqual([row.state, row.stopped?.code], ['stopped', code], JSON.stringify(row));
    return row;
  }, patiently);
const isAt = (world: World, size: number, incarnation: number) =>
  eventually(async () => {
    const row = await nodeOf(world.national, world.node);
    assert.deepEqual([row.incarnation, row.size, row.applied], [incarnation, size, size], JSON.stringify(row));
  }, patiently);
const refusalsOf = async (world: World) =>
  (await world.national.query<{ code: string; times: number }>('refusals', { node: world.node })).map(
    ({ code, times }) => [code, times],
  );
const equal = (world: World) => eventually(async () => assert.deepEqual(await world.differences(), []), patiently);

describe('a sender that was restored from an old copy', () => {
  test('stops, named on both sides, until an operator opens the next incarnation', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    let sync = await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await sync.stop();
    const bringBack = copyAway(world.nodeData, 'ministry-sync');
    sync = await world.startSync();
    await world.publish(second);
    await world.acknowledged();
    await sync.stop();
    bringBack();

    sync = await world.startSync();
    const row = await stoppedAs(world, 'ReceiverAhead');
    assert.equal(row.appended, first.length);
    assert.deepEqual(await refusalsOf(world), [['ReceiverAhead', 1]]);
    const held = await nodeOf(world.national, world.node);
    assert.deepEqual([held.size, held.state, held.stopped?.code], [52, 'stopped', 'ReceiverAhead']);
    // It stands still, but is heard and is sent what the ministry decides.
    const { lastSeen } = held;
    const decision = { node: world.node, station: 's1', state: 'approved', reason: 'checked' };
    await world.national.handle('DecideStation', decision, byTester());
    await eventually(async () => {
      const row = await nodeOf(world.national, world.node);
      assert.deepEqual([row.answered, row.state], [1, 'stopped']);
      assert.ok(row.lastSeen! > lastSeen!);
    }, patiently);

    await world.publish(third);
    await sync.stop();
    sync = await world.startSync();
    await stoppedAs(world, 'ReceiverAhead');
    assert.deepEqual(await refusalsOf(world), [['ReceiverAhead', 1]]);

    assert.deepEqual(await openIncarnation(world.sync), { incarnation: 2 });
    await isAt(world, 1 + second.length + third.length, 2);
    await equal(world);
    assert.equal((await nodeOf(world.national, world.node)).state, 'connected');
    await assert.rejects(openIncarnation(world.sync), (error) => isFault(error, 'ReplicationNotStopped'));
    const [stop] = await world.sync.query<{ code: string; opened: number }>('stops', {});
    assert.deepEqual([stop?.code, stop?.opened], ['ReceiverAhead', 2]);
  });

  test('that went on without the ministry has forked, and carries over what the ministry lacks', async (t) => {
    const world = await startWorld(t);
    let national = await world.startNational();
    let sync = await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await sync.stop();
    const bringBack = copyAway(world.nodeData, 'ministry-sync');
    sync = await world.startSync();
    await world.publish([advance('s1'), ...second]);
    await world.acknowledged();
    await Promise.all([sync.stop(), national.stop()]);
    bringBack();

    sync = await world.startSync(otherPolicy);
    await world.publish(third);
    const grown = first.length + 1 + second.length + third.length;
    await eventually(async () => assert.equal((await replicationOf(world.sync)).appended, grown));
    national = await world.startNational();
    await stoppedAs(world, 'JournalForked');
    assert.deepEqual(await refusalsOf(world), [['JournalForked', 1]]);
    assert.equal((await nodeOf(world.national, world.node)).size, first.length + second.length);

    await sync.kill();
    await world.startSync(otherPolicy);
    await stoppedAs(world, 'JournalForked');
    await openIncarnation(world.sync);
    await isAt(world, 1 + grown - first.length, 2);
    await equal(world);
  });

  test('that comes to the same records again goes on as if nothing had been', async (t) => {
    const world = await startWorld(t);
    const national = await world.startNational();
    let sync = await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await sync.stop();
    const bringBack = copyAway(world.nodeData, 'ministry-sync');
    sync = await world.startSync();
    await world.publish(sets('s1', 20, { from: 30 }));
    await world.acknowledged();
    await Promise.all([sync.stop(), national.stop()]);
    bringBack();

    sync = await world.startSync({ QUANTRAC_BLOCK_RECORDS: '7' });
    await world.publish(sets('s1', 10, { from: 50 }));
    await eventually(async () => assert.equal((await replicationOf(world.sync)).appended, first.length + 30));
    await world.startNational();
    await isAt(world, first.length + 30, 1);
    await equal(world);
  });

  test('from before the incarnation that the ministry is at goes on in the next one', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    let sync = await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await sync.stop();
    const bringBack = copyAway(world.nodeData, 'ministry-sync');
    sync = await world.startSync();
    await world.publish(second);
    await world.acknowledged();
    await sync.stop();
    bringBack();
    sync = await world.startSync();
    await stoppedAs(world, 'ReceiverAhead');
    await openIncarnation(world.sync);
    await isAt(world, 1 + second.length, 2);
    await sync.stop();
    bringBack();

    sync = await world.startSync();
    await stoppedAs(world, 'IncarnationClosed');
    assert.deepEqual(await openIncarnation(world.sync), { incarnation: 3 });
    await world.publish(third);
    await isAt(world, 1 + first.length + second.length + third.length, 3);
    await equal(world);
    assert.equal((await replicationOf(world.sync)).state, 'streaming');
  });

  test('that lost its journal sends everything again in an incarnation of its own', async (t) => {
    const world = await startWorld(t);
    await world.startNational();
    let sync = await world.startSync();
    await world.publish([...first, ...second]);
    await world.acknowledged();
    await sync.stop();
    for (const ending of ['', '-wal', '-shm', '.epoch'])
      rmSync(join(world.nodeData, `ministry-sync.sqlite${ending}`), { force: true });
    await world.keepUnheard([mean('s9', 7)]);
    sync = await world.startSync({ QUANTRAC_BLOCK_RECORDS: '7' });
    await eventually(async () => assert.equal((await replicationOf(world.sync)).state, 'stopped'));
    assert.deepEqual(await openIncarnation(world.sync, { everything: true }), { incarnation: 2 });
    await isAt(world, 1 + first.length + second.length + 1, 2);
    await equal(world);
  });
});

describe('a receiver that was restored from an old copy', () => {
  test('is sent again what it lost', async (t) => {
    const world = await startWorld(t);
    let national = await world.startNational();
    await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await national.stop();
    const bringBack = copyAway(world.nationalData, 'national-aggregation');
    national = await world.startNational();
    await world.publish([...second, ...third]);
    await world.acknowledged();
    await national.stop();
    bringBack();

    await world.startNational();
    await isAt(world, first.length + second.length + third.length, 1);
    await equal(world);
    assert.deepEqual(await refusalsOf(world), []);
  });

  test('gets the incarnations that it lost in their order', async (t) => {
    const world = await startWorld(t);
    let national = await world.startNational();
    let sync = await world.startSync();
    await world.publish(first);
    await world.acknowledged();
    await sync.stop();
    const bringNodeBack = copyAway(world.nodeData, 'ministry-sync');
    await national.stop();
    const bringNationalBack = copyAway(world.nationalData, 'national-aggregation');
    await Promise.all(
      [world.startNational(), world.startSync()].map((starting) => starting.then((one) => started.push(one))),
    );
    await world.publish(second);
    await world.acknowledged();
    await Promise.all(started.splice(0).map((one) => one.stop()));
    bringNodeBack();
    national = await world.startNational();
    sync = await world.startSync();
    await stoppedAs(world, 'ReceiverAhead');
    await openIncarnation(world.sync);
    await isAt(world, 1 + second.length, 2);
    await national.stop();
    bringNationalBack();

    await world.startNational();
    await isAt(world, 1 + second.length, 2);
    await equal(world);
    await sync.stop();
  });
  const started: { stop(): Promise<unknown> }[] = [];
});
