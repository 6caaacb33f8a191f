import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kafkaToolsIn, runKafkaTool } from '@quantrac/conformance/servers/kafka-tools';
import { topics } from '@quantrac/contracts';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { ownNames } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { type FaultyProvince, startFaultyProvince } from './faulty-province.ts';
import { startApart } from './provinces.ts';

/** The services that begin later: whatever they take is of others. */
const later = ['alerting', 'ministry-sync'];
const RETENTION_MS = 60_000;
/** The broker looks for old records every two seconds here. */
const patience = { withinMs: 5 * RETENTION_MS, everyMs: 1000 };

/** Services that begin when the topics have forgotten what was before. */
export function laterServices(): void {
  describe('topics that keep records for a minute, and services that begin later', { concurrency: 1 }, () => {
    let province: FaultyProvince;

    before(async () => {
      province = await startFaultyProvince({
        hours: 3,
        broker: { 'log.retention.check.interval.ms': '2000', 'log.segment.delete.delay.ms': '0' },
        start: (ending, options) => startApart(ending, { ...options, without: later }),
      });
    });
    after(() => province?.stop());

    it('read what is gone from its owners, then follow the topics: the results are those of a calm process', async (t) => {
      await province.uploads.pass(100);
      await keepForAMinute();
      await Promise.all(later.map((name) => province.begin(name)));
      await province.uploads.pass(80);
      await province.uploads.assertComplete(t);
      await province.uploads.assertAsCalm(t);
    });

    /** Resolves when nothing is left of what was told before. */
    async function keepForAMinute() {
      const { kafka, province: node } = province;
      const tools = await kafkaToolsIn(join(temporaryFolder(), 'tools'));
      const names = [topics.observationsReceived, topics.observationsChecked, topics.aggregates].map(
        ({ name }) => `${ownNames(node.data).kafkaPrefix}${name}`,
      );
      const client = new KafkaClient({ brokers: kafka.address, clientId: 'looks' });
      for (const name of names) {
        const altered = ['--alter', '--entity-type', 'topics', '--entity-name', name];
        const setting = ['--add-config', `retention.ms=${RETENTION_MS}`];
        await runKafkaTool(tools, 'kafka-configs.sh', ['--bootstrap-server', kafka.address, ...altered, ...setting]);
      }
      await eventually(async () => {
        for (const name of names)
          for (const { low, high } of await client.offsets(name)) assert.equal(low, high, `${name} has old records`);
      }, patience);
      await client.close();
    }
  });
}
