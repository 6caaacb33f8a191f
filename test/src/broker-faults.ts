import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AWAY_MS, type FaultyProvince, startFaultyProvince } from './faulty-province.ts';
import { startWhole } from './provinces.ts';

/** A broker that stops, is killed, is away. */
export function brokerFaults(): void {
  describe('a province under uploads, and its broker', { concurrency: 1 }, () => {
    let province: FaultyProvince;

    before(async () => {
      province = await startFaultyProvince({ hours: 3, start: startWhole });
    });
    after(() => province?.stop());

    it('stopped and started: nothing is lost, nothing doubled', async (t) => {
      await province.uploads.pass(50, async (step) => {
        if (step === 4) void stopAndStart(() => province.kafka.stop());
      });
      await province.uploads.assertSound(t);
    });

    it('killed and started: nothing is lost, nothing doubled', async (t) => {
      await province.uploads.pass(50, async (step) => {
        if (step === 4) void stopAndStart(() => province.kafka.kill());
      });
      await province.uploads.assertSound(t);
    });

    it('away for two minutes: uploads are accepted and durable meanwhile, and the backlog drains', async (t) => {
      const back = sleep(AWAY_MS);
      await province.kafka.stop();
      await province.uploads.pass(80);
      await back;
      await province.kafka.start();
      await province.uploads.assertSound(t);
    });

    it('comes to the results and the incidents of a calm process', async (t) => {
      await province.uploads.pass(60);
      await province.uploads.assertAsCalm(t);
    });

    async function stopAndStart(end: () => Promise<void>) {
      await sleep(100);
      await end();
      await sleep(2000);
      await province.kafka.start();
    }
  });
}
