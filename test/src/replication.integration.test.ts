import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@quantrac/testing';
import { advance, complianceDay, episode, mean, sets, station } from './replication-records.ts';
import { nodeOf, replicationOf, startWorld } from './replication-world.ts';

const some = [
  station('s1'),
  station('s2'),
  ...sets('s1', 300),
  ...sets('s2', 200),
  mean('s1', 2),
  episode('s1'),
  complianceDay('s2'),
];

describe('the replication of a node', () => {
  test('makes the national copy equal, from before both sides started and while they run', async (t) => {
    const world = await startWorld(t);
    await world.publish(some);
    await world.startNational();
    await world.startSync();
    assert.equal(await world.acknowledged(), some.length);
    await world.publish([...sets('s1', 3, { version: 2, value: '8' }), mean('s1', 2, 2), mean('s3', 4)]);
    assert.equal(await world.acknowledged(), some.length + 5);
    assert.deepEqual(await world.differences(), []);
    const row = await nodeOf(world.national, world.node);
    assert.deepEqual([row.size, row.state, row.refusals, row.faults], [some.length + 5, 'connected', 0, 0]);
    assert.deepEqual(await world.national.query('differences', { node: world.node }), []);
  });
});
