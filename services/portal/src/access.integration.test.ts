import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '@quantrac/testing';
import { tokenFor } from './testing/opened-portal.ts';
import {
  type Events,
  eventsAt,
  historyAt,
  incidentTopic,
  isProblem,
  portalBesideOwners,
  stations,
  topic,
} from './testing/portal-beside-owners.ts';

interface Rows {
  readonly rows: readonly { station?: string; incident?: string }[];
}

const node = portalBesideOwners();

describe('a token', () => {
  it('is wanted, and a wrong one is refused with the way to send it', async () => {
    for (const path of [stations, `${topic}/events`, '/api/v1/token', '/api/v1/topics'])
      for (const secret of [null, 'qt_wrong', `${node.portal.administrator}x`]) {
        const refused = await node.portal.get(path, { secret });
        isProblem(refused, 401, 'TokenRefused');
        assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
      }
  });

  it('is accepted, and says what it may', async () => {
    assert.equal((await node.portal.get(stations)).status, 200);
    const { body } = await node.portal.get<object>('/api/v1/token', { secret: node.enterprise });
    assert.partialDeepStrictEqual(body, { role: 'enterprise', scope: ['s1'], revoked: false });
    assert.ok(!('secretHash' in body));
  });

  it('that is revoked is refused from then on', async () => {
    const { token, secret } = await tokenFor(node.portal, { role: 'contractor' });
    assert.equal((await node.portal.get('/api/v1/token', { secret })).status, 200);
    assert.equal((await node.portal.command('portal', 'RevokeToken', { token, reason: 'lost' })).status, 200);
    isProblem(await node.portal.get('/api/v1/token', { secret }), 401, 'TokenRefused');
  });

  it('is checked before a body is read', async () => {
    const path = '/api/v1/station-registry/commands/RegisterStation';
    isProblem(await node.portal.post(path, '{"kind":', { secret: null }), 401, 'TokenRefused');
    isProblem(await node.portal.post(path, 'x'.repeat(2 << 20), { secret: null }), 401, 'TokenRefused');
  });
});

describe('a command', () => {
  it('is told by the token that gave it, and on whose behalf', async () => {
    const comment = async (headers: Record<string, string>) =>
      node.portal.command<Record<string, unknown>>(
        'alerting',
        'CommentIncident',
        { incident: 'i1', text: 'seen' },
        { headers },
      );
    const { body } = await comment({ 'quantrac-on-behalf-of': 'lan' });
    assert.partialDeepStrictEqual(body, { actor: { role: 'department', onBehalfOf: 'lan', from: '127.0.0.1' } });
    assert.ok(!('onBehalfOf' in ((await comment({})).body.actor as object)));
    isProblem(await comment({ 'quantrac-on-behalf-of': 'x'.repeat(65) }), 400, 'DataInvalid');
  });
});

describe('a scope', () => {
  it('hides other stations in queries', async () => {
    const asked = async (path: string) => (await node.portal.get<Rows>(path, { secret: node.enterprise })).body.rows;
    assert.deepEqual(
      (await asked(stations)).map(({ station }) => station),
      ['s1'],
    );
    assert.deepEqual(
      (await asked('/api/v1/alerting/incidents')).map(({ incident }) => incident),
      ['i1'],
    );
    assert.equal((await asked('/api/v1/station-registry/stationHistory?station=s1')).length, 1);
    isProblem(await node.portal.get(`${stations}?station=s2`, { secret: node.enterprise }), 404, 'StationUnknown');
    isProblem(await node.portal.get(`${stations}?station=none`, { secret: node.enterprise }), 404, 'StationUnknown');
  });

  it('hides other stations in commands', async () => {
    const declare = (station: string) =>
      node.portal.command(
        'station-registry',
        'DeclarePeriod',
        {
          station,
          kind: 'maintenance',
          expected: false,
          from: '2026-01-15T00:00:00.000Z',
          to: '2026-01-15T01:00:00.000Z',
          reason: 'cleaning',
        },
        { secret: node.enterprise },
      );
    const own = await declare('s1');
    assert.equal(own.status, 200, own.text);
    for (const other of ['s2', 'none']) isProblem(await declare(other), 404, 'StationUnknown');
  });

  it('lets comment on incidents of its stations alone', async () => {
    const comment = (incident: string) =>
      node.portal.command<Record<string, unknown>>(
        'alerting',
        'CommentIncident',
        { incident, text: 'a pump was changed' },
        { secret: node.enterprise },
      );
    const { status, body } = await comment('i1');
    assert.equal(status, 200);
    assert.partialDeepStrictEqual(body, { incident: 'i1', actor: { role: 'enterprise', from: '127.0.0.1' } });
    for (const other of ['i2', 'many', 'none']) isProblem(await comment(other), 404, 'StationUnknown');
  });

  it('hides other stations in topics and their history', async () => {
    const subjects = (told: Events['events']) => [...new Set(told.map(({ subject }) => subject))].sort();
    const seen = async (address: string, secret?: string) =>
      subjects((await eventsAt(node.portal, `${address}/events`, secret)).events);
    await eventually(async () => assert.deepEqual(await seen(topic), ['s1', 's2']));
    assert.deepEqual(await seen(topic, node.enterprise), ['s1']);
    assert.deepEqual(await seen(incidentTopic, node.enterprise), ['i1']);
    assert.deepEqual(subjects(await historyAt(node.portal, topic, node.enterprise)), ['s1']);
  });

  it('keeps a department of some stations from what is about all', async () => {
    const { secret } = await tokenFor(node.portal, { role: 'department', scope: ['s1', 's2'] });
    isProblem(
      await node.portal.command('portal', 'CreateToken', { name: 'x', role: 'department' }, { secret }),
      403,
      'ScopeForbids',
    );
    isProblem(await node.portal.get(stations, { secret }), 400, 'StationMissing');
    assert.equal((await node.portal.get<Rows>(`${stations}?station=s2`, { secret })).body.rows.length, 1);
  });
});

it('a role forbids what it does not hold', async () => {
  const forbidden = await node.portal.command(
    'station-registry',
    'RegisterStation',
    { station: 's1', kind: 'stack', name: 'x' },
    { secret: node.enterprise },
  );
  isProblem(forbidden, 403, 'RoleForbids');
  isProblem(await node.portal.get('/api/v1/portal/tokens', { secret: node.enterprise }), 403, 'RoleForbids');
  isProblem(
    await node.portal.command('station-registry', 'RecordApproval', { station: 's1', state: 'approved' }),
    404,
    'PathUnknown',
  );
});
