import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@quantrac/testing';
import { AWAY_MS, type FaultyProvince, startFaultyProvince } from './faulty-province.ts';
import { startWhole } from './provinces.ts';
import { openIncarnation, replicationOf } from './replication-world.ts';

const patience = { withinMs: 60_000, everyMs: 500 };

/** A MongoDB that stops, is away, is put back to an earlier copy. */
export function databaseFaults(): void {
  describe('a province under uploads, and its MongoDB', { concurrency: 1 }, () => {
    let province: FaultyProvince;

    before(async () => {
      province = await startFaultyProvince({ hours: 3, start: startWhole, national: 'embedded' });
    });
    after(() => province?.stop());

    it('stopped and started: nothing is lost, nothing doubled', async (t) => {
      await province.uploads.pass(50, async (step) => {
        if (step === 4) void stopAndStart();
      });
      await province.uploads.assertSound(t);
    });

    it('away for two minutes: uploads fail to their sender by name, nothing is rejected, and what is sent again is taken', async (t) => {
      const back = sleep(AWAY_MS);
      await province.mongo.stop();
      const answer = await province.uploads.tryOne();
      const passing = province.uploads.pass(40);
      await back;
      await province.mongo.start();
      await passing;
      assert.equal(answer.status, 503);
      assert.match(answer.said, /MongoDB does not answer .*MONGO_URL/);
      await province.uploads.assertSound(t);
    });

    it('put back to an earlier copy under a broker that moved on: what loggers send again is there once', async (t) => {
      const { processes, mongo, mongoData } = province;
      const [, node] = processes;
      const copy = `${mongoData}.copy`;
      await node!.stop();
      await mongo.stop();
      copyFileSync(mongoData, copy);
      await mongo.start();
      await node!.start();
      const sentBefore = province.uploads.acknowledged.length;
      await province.uploads.pass(30);
      await province.uploads.assertSound(t);
      await node!.stop();
      await mongo.stop();
      copyFileSync(copy, mongoData);
      await mongo.start();
      await node!.start();
      // the ministry holds more of the journal than the node: both name it, and a person says how to go on
      const sync = province.province.peer('ministry-sync');
      await eventually(async () => assert.ok((await replicationOf(sync)).stopped), patience);
      await openIncarnation(sync);
      await province.uploads.sendAgain(sentBefore);
      await province.uploads.pass(30);
      await province.uploads.assertComplete(t);
    });

    async function stopAndStart() {
      await sleep(100);
      await province.mongo.stop();
      await sleep(2000);
      await province.mongo.start();
    }
  });
}
