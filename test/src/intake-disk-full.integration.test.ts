import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import {
  eventually,
  MINUTE_MS,
  registerStation,
  stationFile,
  stationFileName,
  temporaryFolder,
} from '@quantrac/testing';
import { type Answer, account, type IntakeNode, START, startIntakeNode } from './intake-node.ts';
import { ftpClient } from './intake-senders.ts';

const DISK_BYTES = 32 << 20;
const RESERVE_BYTES = 8 << 20;
const PREFIX = 'HCM_ABC_NT01';

/** A disk of its own size; only whoever may mount can have one. */
function mounted(): string | undefined {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder]);
  return status === 0 ? folder : undefined;
}

const disk = mounted();

// Where nothing can be mounted, intake-disk-full.test.ts shows the same on a file that cannot grow.
if (disk !== undefined)
  describe('a node on a disk that becomes full', () => {
    const acknowledged = new Set<number>();
    let node: IntakeNode;
    let station = '';
    let index = 0;

    before(async () => {
      node = await startIntakeNode(disk, { QUANTRAC_RESERVE_BYTES: String(RESERVE_BYTES) });
      station = await registerStation(node.registry, { prefix: PREFIX, symbols: ['COD'], account: account() });
      await node.known(1);
      await eventually(() => assert.equal(reserve(), RESERVE_BYTES));
    });
    after(async () => {
      await node.stop();
      spawnSync('umount', [disk]);
    });

    const reserve = () => statSync(join(disk, 'reserve')).size;
    const filler = join(disk, 'filler');
    const noisyFile = (words: number) => {
      const time = START - ++index * 5 * MINUTE_MS;
      const noise = Array.from({ length: words }, () => Math.random().toString(36)).join('');
      const text = `${stationFile(time, [{ symbol: 'COD', value: '1' }])}${noise}\tx\r\n`;
      return { time, text, path: stationFileName(PREFIX, time) };
    };
    const upload = async (): Promise<Answer['outcome']> => {
      const { time, text, path } = noisyFile(2000);
      const answer = await node.ingestion.upload({ [path]: text }).catch((error: Error) => {
        assert.match(error.message, /^503: .*"unavailable".*disk is full/s);
        return undefined;
      });
      if (!answer) return 'unavailable';
      assert.equal(answer[0]!.outcome, 'held');
      acknowledged.add(time);
      return 'held';
    };
    const kept = async () => new Set((await node.sets(station)).map(({ time }) => Date.parse(time)));

    it('takes what arrives by its reserve while the disk is full', async () => {
      assert.equal(await upload(), 'held');
      fill(filler);
      while (reserve() > RESERVE_BYTES / 2) assert.equal(await upload(), 'held');
      assert.deepEqual(await kept(), acknowledged);
    });

    it('takes a file over FTP under an unfinished name, and its rename, by its reserve too', async () => {
      fill(filler);
      const { time, text, path } = noisyFile(80_000);
      const client = await ftpClient(node.ingestion);
      await client.uploadFrom(Readable.from([text]), `${path}.tmp`);
      await client.rename(`${path}.tmp`, path);
      client.close();
      acknowledged.add(time);
      assert.deepEqual(await kept(), acknowledged);
    });

    it('tells senders to try again once the reserve is used up, and answers questions all the same', async () => {
      for (let count = 0; (await upload()) !== 'unavailable'; count++) assert.ok(count < 2000);
      assert.equal(reserve(), 0);
      assert.equal(await upload(), 'unavailable');
      assert.deepEqual(await kept(), acknowledged);
    });

    it('takes files again as soon as there is space, and makes its reserve again', async () => {
      rmSync(filler);
      await eventually(async () => assert.equal(await upload(), 'held'));
      await eventually(() => assert.equal(reserve(), RESERVE_BYTES), { withinMs: 20_000 });
      assert.deepEqual(await kept(), acknowledged);
    });

    it('has lost nothing of what it acknowledged after a kill', async () => {
      fill(filler);
      for (let count = 0; count < 5; count++) await upload();
      await node.ingestion.kill();
      rmSync(filler);
      await node.ingestion.start();
      assert.deepEqual(await kept(), acknowledged);
    });
  });

/** Takes what is left of the disk. */
function fill(path: string): void {
  const chunk = Buffer.alloc(64 << 10, 1);
  for (;;)
    try {
      writeFileSync(path, chunk, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
}
