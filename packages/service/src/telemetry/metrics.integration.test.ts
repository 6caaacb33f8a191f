import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@quantrac/conformance/servers/free-port';
import { sequenceOf, toEntry, topics } from '@quantrac/contracts';
import type { ServiceDefinition, Stores } from '../definition.ts';
import { host } from '../host.ts';
import { metrics } from './metrics.ts';

const topic = topics.observationsReceived;

/** Follows its own topic, and cannot decide about every record. */
async function startFollowing(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'metrics-'));
  const healthPort = await freePort();
  let stores: Stores;
  const make = (given: Stores): ServiceDefinition => {
    stores = given;
    return {
      name: 'ingestion',
      topics: [topic],
      processors: [
        {
          name: 'following',
          inputs: [topic],
          initial: {},
          decide(state, { data }) {
            if (data === 'unheard-of') throw new Error('nobody knows what this is');
            return { state, outputs: [] };
          },
        },
      ],
      relays: [{ name: 'told', topic, streamPrefix: 'told-', record: () => undefined }],
      commands: {},
      queries: {},
      measures: () => [{ metric: 'journalAppended', labels: {}, value: 7 }],
    };
  };
  const hosted = await host({ name: 'ingestion', make, settings: { data, logLevel: 'silent', healthPort } });
  t.after(async () => {
    await hosted.stop();
    rmSync(data, { recursive: true });
  });
  const publish = (revision: number, value: unknown) =>
    stores.log.publish(topic, [
      toEntry(
        topic.name,
        { key: 's1', type: 'Any', knownAt: 0, sequence: sequenceOf(1, revision, 0), source: 'urn:quantrac:node:n' },
        Buffer.from(JSON.stringify(value)),
      ),
    ]);
  const scrape = async () => (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
  return { publish, scrape };
}

test('a service tells Prometheus of its batches, records, lag, outboxes and readiness', async (t) => {
  const { publish, scrape } = await startFollowing(t);
  await publish(1, 'heard of');
  await publish(2, 'unheard-of');
  await publish(2, 'unheard-of');
  const expected = [
    'quantrac_ready{service="ingestion"} 1',
    'quantrac_records_total{service="ingestion",group="following",outcome="taken"} 1',
    'quantrac_records_total{service="ingestion",group="following",outcome="failed"} 1',
    'quantrac_records_total{service="ingestion",group="following",outcome="repeat"} 1',
    'quantrac_rejected_records_total{service="ingestion",group="following"} 1',
    'quantrac_consumer_active{service="ingestion",group="following"} 1',
    `quantrac_consumer_lag_records{service="ingestion",group="following",topic="${topic.name}"} 0`,
    'quantrac_outbox_age_seconds{service="ingestion",outbox="told"} 0',
    'quantrac_journal_appended_records{service="ingestion"} 7',
    'quantrac_batch_seconds_bucket{service="ingestion",group="following",le="+Inf"} ',
    'process_resident_memory_bytes ',
    'nodejs_eventloop_delay_seconds{quantile="0.99"} ',
  ];
  let missing = expected;
  for (let tries = 0; missing.length > 0 && tries < 100; tries++) {
    const text = await scrape();
    missing = expected.filter((line) => !text.includes(line));
    if (missing.length > 0) await sleep(200);
  }
  assert.deepEqual(missing, []);
});

test('what a service tells is what the registry names', async (t) => {
  const { publish, scrape } = await startFollowing(t);
  await publish(1, 'heard of');
  await sleep(100);
  const named = new Set<string>(Object.values(metrics).map(({ name }) => name));
  const told = (await scrape()).split('\n').filter((line) => line.startsWith('# TYPE'));
  assert.ok(told.length > 5);
  for (const line of told) assert.ok(named.has(line.split(' ')[2]!), line);
});
