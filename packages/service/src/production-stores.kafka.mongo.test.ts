import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { kafkaBrokers } from '@quantrac/event-log/kafka-stores-under-test';
import { isFault } from '@quantrac/event-sourcing';
import { mongoUrl } from '@quantrac/mongo/mongo-stores-under-test';
import { pino } from 'pino';
import { nodeOf, openStores } from './stores.ts';

const log = pino({ level: 'silent' });
const SERVICE = 'station-registry';

function settingsFor(t: TestContext, own: { kafkaPrefix?: string; mongoPrefix?: string } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'production-'));
  t.after(() => rmSync(data, { recursive: true }));
  const name = randomUUID().slice(0, 8);
  const names = { kafkaPrefix: `${name}.`, mongoPrefix: `${name}-`, ...own };
  return { data, logLevel: 'silent' as const, kafkaBrokers: kafkaBrokers(), mongoUrl: mongoUrl(), ...names };
}

test('processes of a node on folders of their own agree on one id, whoever comes first', async (t) => {
  const names = { mongoPrefix: `${randomUUID().slice(0, 8)}-` };
  const folders = Array.from({ length: 4 }, () => settingsFor(t, names));
  const nodes = await Promise.all(folders.map((settings) => nodeOf(settings, undefined, { log })));
  assert.equal(new Set(nodes).size, 1);
  assert.equal(await nodeOf(settingsFor(t, names), undefined, { log }), nodes[0], 'a new folder learns it');
});

test('databases of another node are refused by name', async (t) => {
  const settings = settingsFor(t);
  assert.equal(await nodeOf(settings, 'hcm', { log }), 'hcm');
  const other = settingsFor(t, { mongoPrefix: settings.mongoPrefix });
  await assert.rejects(
    nodeOf(other, 'hanoi', { log }),
    (error) => isFault(error, 'NodeChanged') && /belong to node hcm, not hanoi/.test(error.message),
  );
});

test('topics of another node are refused by name, although the databases are its own', async (t) => {
  const settings = settingsFor(t);
  const stores = await openStores({ settings, service: SERVICE, node: 'hcm', log });
  await stores.close();
  const other = settingsFor(t, { kafkaPrefix: settings.kafkaPrefix });
  await assert.rejects(
    openStores({ settings: other, service: SERVICE, node: 'hanoi', log }),
    (error) => isFault(error, 'TopicsOfOtherNode') && /belong to node hcm, not hanoi/.test(error.message),
  );
});

test('a service says which of the two servers is not set', async (t) => {
  const { mongoUrl: _, ...settings } = settingsFor(t);
  await assert.rejects(
    openStores({ settings, service: SERVICE, node: 'hcm', log }),
    (error) => isFault(error, 'SettingsInvalid') && /MONGO_URL is not/.test(error.message),
  );
});
