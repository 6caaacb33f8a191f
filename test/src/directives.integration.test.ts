import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DirectiveIssued, type IncidentRecorded, topics } from '@quantrac/contracts';
import { isFault } from '@quantrac/event-sourcing';
import { openEmbeddedStores } from '@quantrac/service';
import { byTester, eventually } from '@quantrac/testing';
import { station } from './replication-records.ts';
import { copyAway, nodeOf, patiently, startWorld, type World } from './replication-world.ts';
import { unknownStation } from './topic-owner.ts';

type Answered = DirectiveIssued & { state: string; refused: { code: string } | null };

const decide = ({ national, node }: World, stationId: string, state: string, by = byTester()) =>
  national.handle<{ directive: string }>('DecideStation', { node, station: stationId, state, reason: 'checked' }, by);
const answered = (world: World, upTo: number) =>
  eventually(async () => assert.equal((await nodeOf(world.national, world.node)).answered, upTo), patiently);
const told = ({ approvals }: World) => approvals.map(({ data }) => `${data.directive} ${data.station} ${data.state}`);

async function running(t: Parameters<typeof startWorld>[0], settings = {}): Promise<World> {
  const world = await startWorld(t);
  await world.publish([station('s1'), station('s2'), station(unknownStation)]);
  await world.startNational(settings);
  await world.startSync({ QUANTRAC_HEARTBEAT_MS: '100' });
  await world.acknowledged();
  await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).applied, 3));
  return world;
}

describe('a decision of the ministry', () => {
  test('comes down to the registry once, is published, and answered', async (t) => {
    const world = await running(t);
    const by = byTester();
    const [first, same] = [await decide(world, 's1', 'approved', by), await decide(world, 's1', 'approved', by)];
    assert.deepEqual([first, same], Array(2).fill({ directive: `${world.node}/1` }));
    await decide(world, 's2', 'rejected');
    await decide(world, 's1', 'approved');
    await answered(world, 2);
    assert.deepEqual(told(world), [`${world.node}/1 s1 approved`, `${world.node}/2 s2 rejected`]);
    assert.deepEqual(world.approvals[0]!.actor, { account: 'tester', role: 'ministry' });
    const atNode = await world.sync.query<Answered>('directives', {});
    assert.deepEqual(
      atNode.map(({ number, state }) => [number, state]),
      [
        [1, 'carried-out'],
        [2, 'carried-out'],
      ],
    );
    const records: DirectiveIssued[] = [];
    await eventually(async () => {
      records.length = 0;
      for await (const batch of world.sync.history(topics.directives.name))
        records.push(...batch.map(({ value }) => JSON.parse(Buffer.from(value).toString())));
      assert.equal(records.length, 2);
    });
    for (const record of records) assert.ok(topics.directives.records.DirectiveIssued?.safeParse(record).success);
  });

  test('about what was not sent is refused', async (t) => {
    const world = await running(t);
    await assert.rejects(decide(world, 's9', 'approved'), (error) => isFault(error, 'StationUnknown'));
    await assert.rejects(decide({ ...world, node: 'n9' }, 's1', 'approved'), (error) => isFault(error, 'NodeUnknown'));
  });

  test('waits for a node that is away, and for a registry that is', async (t) => {
    const world = await startWorld(t);
    await world.publish([station('s1')]);
    await world.startNational();
    let sync = await world.startSync();
    await world.acknowledged();
    await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).applied, 1));
    await sync.kill();
    await decide(world, 's1', 'approved');
    await world.whileRegistryIsAway(async () => {
      sync = await world.startSync();
      await eventually(async () => assert.equal((await world.sync.query('directives', {})).length, 1), patiently);
      await sync.kill();
    });
    await world.startSync();
    await answered(world, 1);
    assert.deepEqual(told(world), [`${world.node}/1 s1 approved`]);
  });

  test('that the registry refuses is told to the ministry, and stops no other', async (t) => {
    const world = await running(t);
    await decide(world, unknownStation, 'approved');
    await decide(world, 's1', 'approved');
    await answered(world, 2);
    const rows = await world.national.query<Answered>('directives', { node: world.node });
    assert.deepEqual(
      rows.map(({ state, refused }) => [state, refused?.code]),
      [
        ['refused', 'StationUnknown'],
        ['carried-out', undefined],
      ],
    );
    assert.deepEqual(told(world), [`${world.node}/2 s1 approved`]);
  });

  test('keeps its number although the ministry lost it with an earlier copy', async (t) => {
    const world = await startWorld(t);
    await world.publish([station('s1'), station('s2')]);
    let national = await world.startNational();
    await world.startSync();
    await world.acknowledged();
    await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).applied, 2));
    await national.stop();
    const bringBack = copyAway(world.nationalData, 'national-aggregation');
    national = await world.startNational();
    await decide(world, 's1', 'approved');
    await answered(world, 1);
    await national.stop();
    bringBack();
    await world.startNational();
    await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).state, 'connected'));
    assert.deepEqual(await decide(world, 's2', 'rejected'), { directive: `${world.node}/2` });
    await answered(world, 2);
    assert.deepEqual(told(world), [`${world.node}/1 s1 approved`, `${world.node}/2 s2 rejected`]);
  });

  test('comes down although the node holds another one under its number, which the ministry lost', async (t) => {
    const world = await startWorld(t);
    await world.publish([station('s1'), station('s2')]);
    let national = await world.startNational();
    const sync = await world.startSync();
    await world.acknowledged();
    await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).applied, 2));
    await national.stop();
    const bringBack = copyAway(world.nationalData, 'national-aggregation');
    national = await world.startNational();
    await decide(world, 's1', 'approved');
    await answered(world, 1);
    await Promise.all([sync.stop(), national.stop()]);
    bringBack();
    await world.startNational();
    assert.deepEqual(await decide(world, 's2', 'rejected'), { directive: `${world.node}/1` });
    await world.startSync();
    await answered(world, 2);
    assert.deepEqual(told(world), [`${world.node}/1 s1 approved`, `${world.node}/2 s2 rejected`]);
    const rows = await world.national.query<Answered>('directives', { node: world.node });
    assert.deepEqual(
      rows.map(({ number, station, state }) => [number, station, state]),
      [[2, 's2', 'carried-out']],
    );
  });
});

test('a node that falls silent is an incident of the national tier until it is heard again', async (t) => {
  const world = await startWorld(t);
  const national = await world.startNational({ QUANTRAC_SILENT_AFTER_MS: '2500' });
  let sync = await world.startSync({ QUANTRAC_HEARTBEAT_MS: '100' });
  await eventually(async () => assert.equal((await nodeOf(world.national, world.node)).state, 'connected'));
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const incidents = () => world.national.query<IncidentRecorded>('nationalIncidents', { node: world.node });
  assert.deepEqual(await incidents(), []);
  await sync.kill();
  await eventually(async () => {
    assert.deepEqual(
      (await incidents()).map(({ state, version, rule, node }) => [state, version, rule, node]),
      [['open', 1, 'silent-node', world.node]],
    );
    assert.equal((await nodeOf(world.national, world.node)).state, 'silent');
  });
  sync = await world.startSync({ QUANTRAC_HEARTBEAT_MS: '100' });
  await eventually(
    async () =>
      assert.deepEqual(
        (await incidents()).map(({ state }) => state),
        ['resolved'],
      ),
    patiently,
  );
  await national.stop();

  const stores = await openEmbeddedStores(world.nationalData, 'national-aggregation');
  const { records } = await stores.log.read(topics.nationalIncidents, {}, 100);
  await stores.close();
  const published = records.map(({ key, value }) => [key, JSON.parse(Buffer.from(value).toString()).state]);
  assert.deepEqual(published, [
    [world.node, 'open'],
    [world.node, 'resolved'],
  ]);
});
