import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freePort } from '@quantrac/conformance/servers/free-port';
import { type Monitored, monitored } from './monitor.ts';
import type { Missing } from './readiness.ts';

async function openMonitor(t: TestContext) {
  const healthPort = await freePort();
  const of = (service: string): Monitored => {
    const one = monitored({ data: 'data', logLevel: 'silent', healthPort }, service)!;
    t.after(() => one.close());
    return one;
  };
  const get = (path: string) => fetch(`http://127.0.0.1:${healthPort}${path}`);
  return { of, get };
}

test('a service opens no listener unless a port is set', () => {
  assert.equal(monitored({ data: 'data', logLevel: 'silent' }, 'counting'), undefined);
});

test('a service that starts is live and not ready', async (t) => {
  const { of, get } = await openMonitor(t);
  const { readiness, open } = of('counting');
  await open();
  assert.equal((await get('/live')).status, 200);
  const starting = await get('/ready');
  assert.equal(starting.status, 503);
  const [missing] = (await starting.json()) as Missing[];
  assert.deepEqual([missing!.service, missing!.what], ['counting', 'start']);
  assert.ok(Math.abs(Date.parse(missing!.since) - Date.now()) < 60_000);
  readiness.started([], () => []);
  const ready = await get('/ready');
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), []);
});

test('services of one process share a listener, and it is ready when all of them are', async (t) => {
  const { of, get } = await openMonitor(t);
  const [first, second] = [of('first'), of('second')];
  await first.open();
  first.readiness.started([], () => []);
  const missing = async () => ((await (await get('/ready')).json()) as Missing[]).map(({ service }) => service);
  assert.deepEqual(await missing(), ['second']);
  await second.open();
  second.readiness.started([], () => []);
  assert.deepEqual(await missing(), []);
  first.readiness.stops();
  await first.close();
  assert.deepEqual(await missing(), ['first']);
  await second.close();
  await assert.rejects(get('/live'));
});

test('a port that another process has is a fault of the setting', async (t) => {
  const { of } = await openMonitor(t);
  await of('first').open();
  const healthPort = await freePort();
  const { createServer } = await import('node:net');
  const other = createServer().listen(healthPort, '127.0.0.1');
  t.after(() => other.close());
  const taken = monitored({ data: 'data', logLevel: 'silent', healthPort }, 'counting')!;
  t.after(() => taken.close());
  await assert.rejects(taken.open(), /QUANTRAC_HEALTH_PORT/);
});
