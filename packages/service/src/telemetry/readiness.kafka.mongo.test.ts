import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@quantrac/conformance/servers/free-port';
import { startKafka } from '@quantrac/conformance/servers/kafka-server';
import { startMongo } from '@quantrac/conformance/servers/mongo-server';
import { topics } from '@quantrac/contracts';
import type { ServiceDefinition } from '../definition.ts';
import { host } from '../host.ts';
import type { Missing } from './readiness.ts';

/** What reads its own topic, so that all of it lies on the servers. */
const following = (): ServiceDefinition => ({
  name: 'ingestion',
  topics: [topics.observationsReceived],
  processors: [
    {
      name: 'following',
      inputs: [topics.observationsReceived],
      initial: {},
      decide: (state) => ({ state, outputs: [] }),
    },
  ],
  relays: [],
  commands: {},
  queries: {},
});

test('a service is live and not ready while Kafka or MongoDB is away, names it, and is ready again by itself', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'readiness-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const kafka = await startKafka({ folder: join(data, 'kafka') });
  t.after(() => kafka.stop());
  const mongo = await startMongo({ folder: join(data, 'mongo'), keeps: true });
  t.after(() => mongo.stop());
  const healthPort = await freePort();
  const get = (path: string) => fetch(`http://127.0.0.1:${healthPort}${path}`);
  const lacks = async (expected: readonly string[], said = /./) => {
    for (let found: readonly Missing[] = []; ; await sleep(200)) {
      const response = await get('/ready').catch(() => undefined);
      if (!response) continue;
      found = (await response.json()) as Missing[];
      assert.equal(response.status, found.length === 0 ? 200 : 503);
      const all = found.map(({ what, reason }) => `${what} ${reason}`).join('\n');
      if (expected.length === 0 ? found.length === 0 : expected.every((one) => all.includes(one)) && said.test(all))
        return assert.equal((await get('/live')).status, 200);
    }
  };

  await mongo.stop();
  const starting = host({
    name: 'ingestion',
    make: following,
    settings: { data, logLevel: 'silent', healthPort, kafkaBrokers: kafka.address, mongoUrl: mongo.address },
  });
  t.after(async () => (await starting).stop());
  await lacks(['start'], /MongoDB does not answer/);
  await mongo.start();
  await starting;
  await lacks([]);

  await kafka.stop();
  await lacks(['Kafka']);
  await kafka.start();
  await lacks([]);

  await mongo.stop();
  await lacks(['MongoDB']);
  await mongo.start();
  await lacks([]);
});
