import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '@quantrac/testing';
import { eventsAt, historyAt, isProblem, portalBesideOwners, register, topic } from './testing/portal-beside-owners.ts';

const node = portalBesideOwners();

describe('public topics', () => {
  it('are told as CloudEvents, from a position on', async () => {
    const all = await eventually(async () => {
      const told = await eventsAt(node.portal, `${topic}/events`);
      assert.equal(told.events.length, 2);
      return told;
    });
    assert.ok(all.events.every(({ specversion, id }) => specversion === '1.0' && id.startsWith('stations/')));
    const first = await eventsAt(node.portal, `${topic}/events?limit=1`);
    const rest = await eventsAt(node.portal, `${topic}/events?from=${encodeURIComponent(first.next)}`);
    assert.deepEqual([...first.events, ...rest.events], all.events);
    assert.equal(rest.next, all.next);
    assert.deepEqual(await eventsAt(node.portal, `${topic}/events?from=${encodeURIComponent(all.next)}`), {
      next: all.next,
      events: [],
    });
    assert.deepEqual(await eventsAt(node.portal, `${topic}/events?from=end`), { next: all.next, events: [] });
  });

  it('are followed by who waits at the end', async () => {
    const { next } = await eventsAt(node.portal, `${topic}/events?from=end`);
    await register(node.portal, { station: 'sNew' });
    const after = await eventually(async () => {
      const told = await eventsAt(node.portal, `${topic}/events?from=${encodeURIComponent(next)}`);
      assert.equal(told.events.length, 1);
      return told;
    });
    assert.equal(after.events[0]!.subject, 'sNew');
  });

  it('tell whoever lost its position to read the history and go on from the end', async () => {
    const { next } = await eventsAt(node.portal, `${topic}/events?from=end`);
    const inside = Buffer.from(next, 'base64url').toString('utf8');
    const beyond = Buffer.from(inside.replace(/\d+"}$/, '999999"}')).toString('base64url');
    for (const from of ['nonsense', beyond]) {
      const lost = await node.portal.get<Record<string, unknown>>(`${topic}/events?from=${encodeURIComponent(from)}`);
      isProblem(lost, 410, 'PositionLost');
      assert.match(String(lost.body.detail), /from=end.*\/history.*without from/);
    }
    const history = (await historyAt(node.portal, topic)).map(({ id }) => id);
    const kept = (await eventsAt(node.portal, `${topic}/events`)).events.map(({ id }) => id);
    assert.deepEqual(history.toSorted(), kept.toSorted());
  });

  it('are those of this tier that are public; others are unknown', async () => {
    const { body } = await node.portal.get<{ topics: { name: string }[] }>('/api/v1/topics');
    const names = body.topics.map(({ name }) => name);
    assert.ok(names.includes('quantrac.stations.v1'));
    assert.ok(!names.some((name) => /private|national/.test(name)));
    for (const name of ['quantrac.private.rechecks.v1', 'quantrac.national.incidents.v1', 'none'])
      isProblem(await node.portal.get(`/api/v1/topics/${name}/events`), 404, 'TopicUnknown');
    isProblem(await node.portal.get(`${topic}/events?limit=1001`), 400, 'DataInvalid');
    assert.equal((await eventsAt(node.portal, '/api/v1/topics/quantrac.limits.v1/events')).next, null);
  });
});
