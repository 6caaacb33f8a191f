import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaToolsIn, runKafkaTool } from '@quantrac/conformance/servers/kafka-tools';
import { topics } from '@quantrac/contracts';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { partitionOf } from '@quantrac/event-log/partition';
import { ownNames } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { type FaultyProvince, startFaultyProvince } from './faulty-province.ts';
import { type Restartable, startApart } from './provinces.ts';

/** Services that share their work out by station. */
const shared = ['quality-control', 'alerting', 'enterprise-compliance'];
/** Half as long again as a session. */
const PAUSED_MS = 15_000;

/** Instances that come and go, stand still, are killed; groups that the broker forgets; a record that nobody can read. */
export function processFaults(): void {
  describe('a province of separate processes under uploads', { concurrency: 1 }, () => {
    let province: FaultyProvince;

    before(async () => {
      province = await startFaultyProvince({ hours: 5, start: startApart });
    });
    after(() => province?.stop());
    const named = (name: string): Restartable => province.processes.find((one) => one.name === name)!;

    it('with one instance of each service, then three, then one: nothing is lost, nothing doubled', async (t) => {
      await province.uploads.pass(30);
      const more = await Promise.all(
        shared.flatMap((name) => ['b', 'c'].map((instance) => province.add(name, instance))),
      );
      await province.uploads.pass(30);
      const stopping: Promise<void>[] = [];
      await province.uploads.pass(
        30,
        (step) => void stopping.push(...more.slice(2 * step - 2, 2 * step).map((one) => one.stop())),
      );
      assert.equal((await Promise.all(stopping)).length, more.length);
      await province.uploads.assertSound(t);
    });

    it('one of two paused for longer than its session, that then wakes and goes on writing: nothing is lost, nothing doubled', async (t) => {
      const other = await province.add('quality-control', 'b');
      const slept: Promise<void>[] = [];
      await province.uploads.pass(50, (step) => {
        if (step !== 3 && step !== 4) return;
        const one = step === 3 ? named('quality-control') : other;
        one.signal('SIGSTOP');
        slept.push(sleep(PAUSED_MS).then(() => one.signal('SIGCONT')));
      });
      await Promise.all(slept);
      await province.uploads.assertSound(t);
      await other.stop();
    });

    it('each killed while it writes, and started again: nothing is lost, nothing doubled', async (t) => {
      const killed: Promise<void>[] = [];
      await province.uploads.pass(50, (step) => {
        const one = province.processes[step - 1];
        if (one) killed.push(sleep(50 * step).then(() => one.restart()));
      });
      await Promise.all(killed);
      await province.uploads.assertSound(t);
    });

    it('whose active ministry-sync is killed, and whose standby goes on: nothing is lost, nothing doubled', async (t) => {
      const standby = await province.add('ministry-sync', 'b');
      await province.uploads.pass(15, async (step) => {
        if (step === 2) await named('ministry-sync').kill();
      });
      await province.uploads.pass(15);
      await named('ministry-sync').start();
      await province.uploads.assertSound(t);
      await standby.stop();
    });

    it('whose groups the broker has forgotten: nothing is lost, nothing doubled', async (t) => {
      const { kafka, province: node } = province;
      const group = `${ownNames(node.data).kafkaPrefix}quality-control`;
      const tools = await kafkaToolsIn(join(temporaryFolder(), 'tools'));
      const ask = (...given: readonly string[]) =>
        runKafkaTool(tools, 'kafka-consumer-groups.sh', ['--bootstrap-server', kafka.address, ...given]);
      await named('quality-control').stop();
      await province.uploads.pass(15);
      assert.match(await ask('--delete', '--group', group), /successful/);
      await named('quality-control').start();
      await province.uploads.pass(15);
      await province.uploads.assertSound(t);
    });

    it('with a record in the middle of a topic that nobody can read: it is set aside, and nothing behind it waits', async (t) => {
      const { province: node, kafka, uploads } = province;
      const [station] = uploads.loggers.stations.values();
      const { name, partitions } = topics.observationsReceived;
      const client = new KafkaClient({ brokers: kafka.address, clientId: 'poisons' });
      const value = Buffer.from('{"station": ');
      const headers = { ce_id: `ingestion/${station}/${randomUUID()}`, ce_type: 'ObservationSetReceived' };
      const record = { key: Buffer.from(station!), partition: partitionOf(station!, partitions), headers, value };
      await province.uploads.pass(15, async (step) => {
        if (step === 2) await client.send([{ topic: `${ownNames(node.data).kafkaPrefix}${name}`, records: [record] }]);
      });
      await client.close();
      await province.uploads.assertComplete(t, ['quality-control']);
    });
  });
}
