import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually, startService } from '@quantrac/testing';
import type { Status } from './api/status.ts';
import { type Answer, openPortal } from './testing/opened-portal.ts';
import { isProblem, portalBesideOwners, register, stations, topic } from './testing/portal-beside-owners.ts';

const node = portalBesideOwners();

it('the same Idempotency-Key twice gives the first result, another a new one', async () => {
  const first = await register(node.portal, {}, { 'idempotency-key': 'k1' });
  assert.equal(first.status, 200);
  assert.deepEqual((await register(node.portal, {}, { 'idempotency-key': 'k1' })).body, first.body);
  assert.notEqual((await register(node.portal, {}, { 'idempotency-key': 'k2' })).body.station, first.body.station);
  assert.notEqual((await register(node.portal, {})).body.station, first.body.station);
  isProblem(await register(node.portal, {}, { 'idempotency-key': 'k'.repeat(201) }), 400, 'DataInvalid');
});

describe('a fault is told as problem details', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    node.portal.post<Record<string, unknown>>('/api/v1/station-registry/commands/RegisterStation', body, { headers });

  it('of the owner, with its own code and the status of its kind', async () => {
    const change = { station: 's1', to: 'planned', reason: 'again' };
    isProblem(
      await node.portal.command('station-registry', 'ChangeLifecycle', { ...change, station: 'none' }),
      404,
      'StationUnknown',
    );
    isProblem(await register(node.portal, { station: 's1', name: 'another' }), 422, 'StationExists');
  });

  it('of the data, naming all that is wrong', async () => {
    const bad = await post('{"kind":"cave"}');
    isProblem(bad, 400, 'DataInvalid');
    assert.match(String(bad.body.detail), /kind: .*name: /);
    isProblem(await node.portal.get(`${stations}?limit=many`), 400, 'DataInvalid');
    isProblem(await node.portal.get(`${stations}?__proto__=1`), 400, 'DataInvalid');
  });

  it('of bad JSON, a body that is too large and a type that nobody reads', async () => {
    for (const body of ['{"kind":', '', '{"__proto__":{"a":1}}']) isProblem(await post(body), 400, 'RequestInvalid');
    for (const body of ['null', '[]', '"x"']) isProblem(await post(body), 400, 'DataInvalid');
    isProblem(await post(JSON.stringify({ name: 'x'.repeat(1 << 20) })), 413, 'RequestInvalid');
    isProblem(await post('<a/>', { 'content-type': 'application/xml' }), 415, 'RequestInvalid');
    const csv = `station;kind;name\n${' '.repeat(2 << 20)}`;
    assert.notEqual(
      (await node.portal.command('station-registry', 'ImportStations', { csv, dryRun: true })).status,
      413,
    );
  });

  it('of an address that is not there', async () => {
    isProblem(await node.portal.get('/nothing'), 404, 'PathUnknown');
    isProblem(await node.portal.get('/page/..%2f..%2fportal.token'), 404, 'PathUnknown');
    isProblem(await node.portal.post(stations, {}), 404, 'PathUnknown');
  });

  it('of the program, without its details', async () => {
    const bug = await node.portal.get<Record<string, unknown>>('/api/v1/alerting/notifications');
    isProblem(bug, 500, 'Bug');
    assert.doesNotMatch(bug.text, /hunter2/);
    assert.match(node.portal.logged(), /a request met a bug/);
  });
});

it('a port that is taken is a bad setting, by name', async () => {
  const taken = Number(new URL(node.portal.address).port);
  await assert.rejects(openPortal({ portalPort: taken }), {
    code: 'SettingsInvalid',
    message: /QUANTRAC_PORTAL_PORT/,
  });
});

it('nothing is kept by caches, and no secret stands in a log', async () => {
  for (const path of ['/', '/page/view.js', '/api/v1/status', stations, '/nothing'])
    assert.equal((await node.portal.get(path)).headers.get('cache-control'), 'no-store', path);
  await node.portal.get(`${stations}?secret=${node.enterprise}`);
  for (const secret of [node.portal.administrator, node.enterprise])
    assert.ok(!node.portal.logged().includes(secret.slice(secret.indexOf('_', 3) + 1)));
});

describe('the status page', () => {
  it('needs no token on loopback, and one behind a proxy', async () => {
    const { status, body } = await node.portal.get<Status>('/api/v1/status', { secret: null });
    assert.equal(status, 200);
    assert.equal(body.services.find(({ service }) => service === 'station-registry')?.up, true);
    assert.ok(Number(body.sections.stations?.planned) >= 3);
    assert.deepEqual(Object.keys(body.sections), [
      ...['stations', 'files', 'held', 'readings', 'hourly-means', 'episodes', 'incidents', 'compliance-days'],
      ...['replication', 'access'],
    ]);
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    isProblem(await node.portal.get('/api/v1/status', { secret: null, headers: forwarded }), 401, 'TokenRefused');
    assert.equal((await node.portal.get('/api/v1/status', { headers: forwarded })).status, 200);
  });

  it('counts the tokens that were refused', async () => {
    const refused = async () =>
      Number((await node.portal.get<Status>('/api/v1/status')).body.sections.access?.['refused-tokens']);
    const before = await refused();
    isProblem(await node.portal.get(stations, { secret: 'qt_wrong' }), 401, 'TokenRefused');
    isProblem(await node.portal.get(stations, { secret: null }), 401, 'TokenRefused');
    await eventually(async () => assert.equal(await refused(), before + 1));
  });

  it('loads its own scripts and nothing else', async () => {
    const { text, headers } = await node.portal.get('/', { secret: null });
    assert.match(headers.get('content-security-policy')!, /default-src 'self'/);
    for (const [, path] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      assert.equal((await node.portal.get(path!, { secret: null })).status, 200, path);
    assert.equal(text.match(/<script/g)?.length, 1);
  });
});

describe('an owner that is down', () => {
  const took = async <Result>(work: () => Promise<Result>): Promise<[Result, number]> => {
    const begun = performance.now();
    return [await work(), performance.now() - begun];
  };
  const isDown = async () => {
    const asks = [
      () => node.portal.get(stations),
      () => register(node.portal, {}),
      () => node.portal.get(`${topic}/history`),
    ];
    for (const [answer, ms] of await Promise.all(asks.map((ask) => took<Answer<unknown>>(ask)))) {
      isProblem(answer as Answer, 503, 'ServiceUnavailable');
      assert.ok(ms < 2500, `${ms} ms`);
    }
  };

  it('is 503 soon, hung or gone, and the status says so; the others go on', async () => {
    node.registry.signal('SIGSTOP');
    await isDown();
    node.registry.signal('SIGCONT');
    await eventually(async () => assert.equal((await node.portal.get(stations)).status, 200), { withinMs: 3000 });

    await node.registry.kill();
    await isDown();
    const body = await eventually(async () => {
      const { body: status } = await node.portal.get<Status>('/api/v1/status');
      assert.equal(status.services.find(({ service }) => service === 'station-registry')?.up, false);
      return status;
    });
    assert.equal(body.sections.stations, null);
    assert.equal(body.services.find(({ service }) => service === 'alerting')?.up, true);
    assert.equal((await node.portal.get('/api/v1/alerting/incidents')).status, 200);
    assert.equal((await node.portal.get(`${topic}/events`)).status, 200);
  });

  it('is asked again once it is back', async () => {
    node.registry = await startService('station-registry', node.portal.data);
    await eventually(async () => assert.equal((await node.portal.get(stations)).status, 200), { withinMs: 3000 });
  });
});
