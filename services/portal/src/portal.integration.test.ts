import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Hosted } from '@quantrac/service';
import { eventually, type ServiceProcess, startService } from '@quantrac/testing';
import type { Status } from './api/status.ts';
import { type Answer, type OpenedPortal, openPortal, tokenFor } from './testing/opened-portal.ts';
import { hostSmallAlerting } from './testing/small-alerting.ts';

interface Rows {
  readonly rows: readonly { station?: string; incident?: string }[];
}
interface Events {
  readonly next: string;
  readonly events: readonly { id: string; subject: string; specversion: string; data: unknown }[];
}

const stations = '/api/v1/station-registry/stations';
const topic = '/api/v1/topics/quantrac.stations.v1';
const incidentTopic = '/api/v1/topics/quantrac.incidents.v1';

describe('the portal beside a station registry and an alerting', () => {
  let portal: OpenedPortal;
  let registry: ServiceProcess;
  let alerting: Hosted;
  let enterprise: string;

  before(async () => {
    portal = await openPortal();
    [registry, alerting] = await Promise.all([
      startService('station-registry', portal.data),
      hostSmallAlerting(portal.data),
    ]);
    for (const station of ['s1', 's2']) assert.equal((await register({ station })).status, 200);
    ({ secret: enterprise } = await tokenFor(portal, { role: 'enterprise', scope: ['s1'] }));
  });
  after(async () => {
    await registry.kill();
    await alerting.stop();
    await portal.stop();
  });

  const register = (given: object, headers: Record<string, string> = {}) =>
    portal.command<{ station: string; version: number }>(
      'station-registry',
      'RegisterStation',
      { kind: 'wastewater', name: 'Trạm nước thải', ...given },
      { headers },
    );
  const isProblem = ({ status, headers, body }: Answer, expected: number, title: string) => {
    assert.deepEqual([status, body.status, body.title], [expected, expected, title], JSON.stringify(body));
    assert.match(headers.get('content-type')!, /^application\/problem\+json/);
    assert.ok(String(body.detail).length > 10);
  };
  const events = async (address: string, secret?: string) => {
    const { body, text, status } = await portal.get<Events>(address, secret ? { secret } : {});
    assert.equal(status, 200, text);
    return body;
  };
  const subjects = async (address: string, secret?: string) =>
    (await events(address, secret)).events.map(({ subject }) => subject);

  describe('a token', () => {
    it('is wanted, and a wrong one is refused with the way to send it', async () => {
      for (const path of [stations, `${topic}/events`, '/api/v1/token', '/api/v1/topics'])
        for (const secret of [null, 'qt_wrong', `${portal.administrator}x`]) {
          const refused = await portal.get<Record<string, unknown>>(path, { secret });
          isProblem(refused, 401, 'TokenRefused');
          assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
        }
    });

    it('is accepted, and says what it may', async () => {
      assert.equal((await portal.get(stations)).status, 200);
      const { body } = await portal.get<object>('/api/v1/token', { secret: enterprise });
      assert.partialDeepStrictEqual(body, { role: 'enterprise', scope: ['s1'], revoked: false });
      assert.ok(!('secretHash' in body));
    });

    it('that is revoked is refused from then on', async () => {
      const { token, secret } = await tokenFor(portal, { role: 'contractor' });
      assert.equal((await portal.get('/api/v1/token', { secret })).status, 200);
      assert.equal((await portal.command('portal', 'RevokeToken', { token, reason: 'lost' })).status, 200);
      isProblem(await portal.get('/api/v1/token', { secret }), 401, 'TokenRefused');
    });

    it('is checked before a body is read', async () => {
      const path = '/api/v1/station-registry/commands/RegisterStation';
      isProblem(await portal.post(path, '{"kind":', { secret: null }), 401, 'TokenRefused');
      isProblem(await portal.post(path, 'x'.repeat(2 << 20), { secret: null }), 401, 'TokenRefused');
    });
  });

  describe('a scope', () => {
    it('hides other stations in queries', async () => {
      const asked = async (path: string) => (await portal.get<Rows>(path, { secret: enterprise })).body.rows;
      assert.deepEqual(
        (await asked(stations)).map(({ station }) => station),
        ['s1'],
      );
      assert.deepEqual(
        (await asked('/api/v1/alerting/incidents')).map(({ incident }) => incident),
        ['i1'],
      );
      assert.equal((await asked('/api/v1/station-registry/stationHistory?station=s1')).length, 1);
      isProblem(await portal.get(`${stations}?station=s2`, { secret: enterprise }), 404, 'StationUnknown');
      isProblem(await portal.get(`${stations}?station=none`, { secret: enterprise }), 404, 'StationUnknown');
    });

    it('hides other stations in commands', async () => {
      const declare = (station: string) =>
        portal.command<Record<string, unknown>>(
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
          { secret: enterprise },
        );
      const own = await declare('s1');
      assert.equal(own.status, 200, own.text);
      for (const other of ['s2', 'none']) isProblem(await declare(other), 404, 'StationUnknown');
    });

    it('lets comment on incidents of its stations alone', async () => {
      const comment = (incident: string) =>
        portal.command<Record<string, unknown>>(
          'alerting',
          'CommentIncident',
          { incident, text: 'a pump was changed' },
          { secret: enterprise },
        );
      const { status, body } = await comment('i1');
      assert.equal(status, 200);
      assert.partialDeepStrictEqual(body, { incident: 'i1', actor: { role: 'enterprise', from: '127.0.0.1' } });
      for (const other of ['i2', 'many', 'none']) isProblem(await comment(other), 404, 'StationUnknown');
    });

    it('hides other stations in topics and their history', async () => {
      const both = await eventually(async () => {
        const all = (await portal.get<Events>(`${topic}/events`)).body.events.map(({ subject }) => subject);
        assert.ok(all.includes('s1') && all.includes('s2'));
        return all;
      });
      assert.deepEqual(new Set(both), new Set(['s1', 's2']));
      assert.deepEqual(new Set(await subjects(`${topic}/events`, enterprise)), new Set(['s1']));
      assert.deepEqual(await subjects(`${incidentTopic}/events`, enterprise), ['i1']);
      const { text } = await portal.get(`${topic}/history`, { secret: enterprise });
      const told = text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { subject: string }).subject);
      assert.deepEqual(new Set(told), new Set(['s1']));
    });

    it('keeps a department of some stations from what is about all', async () => {
      const { secret } = await tokenFor(portal, { role: 'department', scope: ['s1', 's2'] });
      isProblem(
        await portal.command('portal', 'CreateToken', { name: 'x', role: 'department' }, { secret }),
        403,
        'ScopeForbids',
      );
      isProblem(await portal.get(stations, { secret }), 400, 'StationMissing');
      assert.equal((await portal.get<Rows>(`${stations}?station=s2`, { secret })).body.rows.length, 1);
    });
  });

  it('a role forbids what it does not hold', async () => {
    const forbidden = await portal.command<Record<string, unknown>>(
      'station-registry',
      'RegisterStation',
      { station: 's1', kind: 'stack', name: 'x' },
      { secret: enterprise },
    );
    isProblem(forbidden, 403, 'RoleForbids');
    isProblem(await portal.get('/api/v1/portal/tokens', { secret: enterprise }), 403, 'RoleForbids');
    isProblem(
      await portal.command('station-registry', 'RecordApproval', { station: 's1', state: 'approved' }),
      404,
      'PathUnknown',
    );
  });

  it('the same Idempotency-Key twice gives the first result, another a new one', async () => {
    const first = await register({}, { 'idempotency-key': 'k1' });
    assert.equal(first.status, 200);
    assert.deepEqual((await register({}, { 'idempotency-key': 'k1' })).body, first.body);
    assert.notEqual((await register({}, { 'idempotency-key': 'k2' })).body.station, first.body.station);
    assert.notEqual((await register({})).body.station, first.body.station);
    isProblem(await register({}, { 'idempotency-key': 'k'.repeat(201) }), 400, 'DataInvalid');
  });

  describe('a fault is told as problem details', () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      portal.post<Record<string, unknown>>('/api/v1/station-registry/commands/RegisterStation', body, { headers });

    it('of the owner, with its own code and the status of its kind', async () => {
      const change = { station: 's1', to: 'planned', reason: 'again' };
      isProblem(
        await portal.command('station-registry', 'ChangeLifecycle', { ...change, station: 'none' }),
        404,
        'StationUnknown',
      );
      isProblem(await register({ station: 's1', name: 'another' }), 422, 'StationExists');
    });

    it('of the data, naming all that is wrong', async () => {
      const bad = await post('{"kind":"cave"}');
      isProblem(bad, 400, 'DataInvalid');
      assert.match(String(bad.body.detail), /kind: .*name: /);
      isProblem(await portal.get(`${stations}?limit=many`), 400, 'DataInvalid');
      isProblem(await portal.get(`${stations}?__proto__=1`), 400, 'DataInvalid');
    });

    it('of bad JSON, a body that is too large and a type that nobody reads', async () => {
      for (const body of ['{"kind":', '', '{"__proto__":{"a":1}}']) isProblem(await post(body), 400, 'RequestInvalid');
      for (const body of ['null', '[]', '"x"']) isProblem(await post(body), 400, 'DataInvalid');
      isProblem(await post(JSON.stringify({ name: 'x'.repeat(1 << 20) })), 413, 'RequestInvalid');
      isProblem(await post('<a/>', { 'content-type': 'application/xml' }), 415, 'RequestInvalid');
      const csv = `station;kind;name\n${' '.repeat(2 << 20)}`;
      assert.notEqual((await portal.command('station-registry', 'ImportStations', { csv, dryRun: true })).status, 413);
    });

    it('of an address that is not there', async () => {
      isProblem(await portal.get('/nothing'), 404, 'PathUnknown');
      isProblem(await portal.get('/page/..%2f..%2fportal.token'), 404, 'PathUnknown');
      isProblem(await portal.post(stations, {}), 404, 'PathUnknown');
    });

    it('of the program, without its details', async () => {
      const bug = await portal.get<Record<string, unknown>>('/api/v1/alerting/notifications');
      isProblem(bug, 500, 'Bug');
      assert.doesNotMatch(bug.text, /hunter2/);
      assert.match(portal.logged(), /a request met a bug/);
    });
  });

  describe('public topics', () => {
    it('are told as CloudEvents, from a position on', async () => {
      const all = await events(`${topic}/events`);
      assert.ok(all.events.every(({ specversion, id }) => specversion === '1.0' && id.startsWith('stations/')));
      const first = await events(`${topic}/events?limit=1`);
      const rest = await events(`${topic}/events?from=${encodeURIComponent(first.next)}`);
      assert.deepEqual([...first.events, ...rest.events], all.events);
      assert.equal(rest.next, all.next);
      assert.deepEqual(await events(`${topic}/events?from=${encodeURIComponent(all.next)}`), {
        next: all.next,
        events: [],
      });
      assert.deepEqual(await events(`${topic}/events?from=end`), { next: all.next, events: [] });
    });

    it('are followed by who waits at the end', async () => {
      const { next } = await events(`${topic}/events?from=end`);
      await register({ station: 'sNew' });
      const after = await eventually(async () => {
        const told = await events(`${topic}/events?from=${encodeURIComponent(next)}`);
        assert.equal(told.events.length, 1);
        return told;
      });
      assert.equal(after.events[0]!.subject, 'sNew');
    });

    it('tell whoever lost its position to read the history and go on from the end', async () => {
      const { next } = await events(`${topic}/events?from=end`);
      const beyond = next.replace(/\d+$/, '999999');
      for (const from of ['nonsense', beyond]) {
        const lost = await portal.get<Record<string, unknown>>(`${topic}/events?from=${encodeURIComponent(from)}`);
        isProblem(lost, 410, 'PositionLost');
        assert.match(String(lost.body.detail), /from=end.*\/history.*without from/);
      }
      const { text } = await portal.get(`${topic}/history`);
      const history = text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
      const kept = (await events(`${topic}/events`)).events.map(({ id }) => id);
      assert.deepEqual(history.toSorted(), kept.toSorted());
    });

    it('are those of this tier that are public; others are unknown', async () => {
      const { body } = await portal.get<{ topics: { name: string }[] }>('/api/v1/topics');
      const names = body.topics.map(({ name }) => name);
      assert.ok(names.includes('quantrac.stations.v1'));
      assert.ok(!names.some((name) => /private|national/.test(name)));
      for (const name of ['quantrac.private.rechecks.v1', 'quantrac.national.incidents.v1', 'none'])
        isProblem(await portal.get(`/api/v1/topics/${name}/events`), 404, 'TopicUnknown');
      isProblem(await portal.get(`${topic}/events?limit=1001`), 400, 'DataInvalid');
      assert.equal((await events('/api/v1/topics/quantrac.limits.v1/events')).next, null);
    });
  });

  it('nothing is kept by caches, and no secret stands in a log', async () => {
    for (const path of ['/', '/page/view.js', '/api/v1/status', stations, '/nothing'])
      assert.equal((await portal.get(path)).headers.get('cache-control'), 'no-store', path);
    await portal.get(`${stations}?secret=${enterprise}`);
    for (const secret of [portal.administrator, enterprise])
      assert.ok(!portal.logged().includes(secret.slice(secret.indexOf('_', 3) + 1)));
  });

  describe('the status page', () => {
    it('needs no token on loopback, and one behind a proxy', async () => {
      const { status, body } = await portal.get<Status>('/api/v1/status', { secret: null });
      assert.equal(status, 200);
      assert.equal(body.services.find(({ service }) => service === 'station-registry')?.up, true);
      assert.ok(Number(body.sections.stations?.planned) >= 3);
      const forwarded = { 'x-forwarded-for': '203.0.113.9' };
      isProblem(await portal.get('/api/v1/status', { secret: null, headers: forwarded }), 401, 'TokenRefused');
      assert.equal((await portal.get('/api/v1/status', { headers: forwarded })).status, 200);
    });

    it('loads its own scripts and nothing else', async () => {
      const { text, headers } = await portal.get('/', { secret: null });
      assert.match(headers.get('content-security-policy')!, /default-src 'self'/);
      for (const [, path] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g))
        assert.equal((await portal.get(path!, { secret: null })).status, 200, path);
      assert.equal(text.match(/<script/g)?.length, 1);
    });
  });

  describe('an owner that is down', () => {
    const took = async <Result>(work: () => Promise<Result>): Promise<[Result, number]> => {
      const begun = performance.now();
      return [await work(), performance.now() - begun];
    };
    const isDown = async () => {
      const asks = [() => portal.get(stations), () => register({}), () => portal.get(`${topic}/history`)];
      for (const [answer, ms] of await Promise.all(asks.map((ask) => took<Answer<unknown>>(ask)))) {
        isProblem(answer as Answer, 503, 'ServiceUnavailable');
        assert.ok(ms < 2500, `${ms} ms`);
      }
    };

    it('is 503 soon, hung or gone, and the status says so; the others go on', async () => {
      registry.signal('SIGSTOP');
      await isDown();
      registry.signal('SIGCONT');
      await eventually(async () => assert.equal((await portal.get(stations)).status, 200), { withinMs: 3000 });

      await registry.kill();
      await isDown();
      const body = await eventually(async () => {
        const { body: status } = await portal.get<Status>('/api/v1/status');
        assert.equal(status.services.find(({ service }) => service === 'station-registry')?.up, false);
        return status;
      });
      assert.equal(body.sections.stations, null);
      assert.equal(body.services.find(({ service }) => service === 'alerting')?.up, true);
      assert.equal((await portal.get('/api/v1/alerting/incidents')).status, 200);
      assert.equal((await portal.get(`${topic}/events`)).status, 200);
    });

    it('is asked again once it is back', async () => {
      registry = await startService('station-registry', portal.data);
      await eventually(async () => assert.equal((await portal.get(stations)).status, 200), { withinMs: 3000 });
    });
  });
});
