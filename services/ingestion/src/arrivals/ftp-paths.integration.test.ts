import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { upload, withFtpServer } from './testing/ftp-client.ts';

test('MKD and CWD work for every folder, made before or not, and the path is told from the root', () =>
  withFtpServer({}, async ({ client, raw, recorded }) => {
    const plain = await raw();
    assert.match(await plain.send('MKD Nam 2024'), /^257 "\/Nam 2024"/);
    assert.match(await plain.send('MKD Nam 2024'), /^257/);
    assert.match(await plain.send('CWD /HCM_ABC/never -1 made'), /^250 "\/HCM_ABC\/never -1 made"/);
    assert.match(await plain.send('CDUP'), /^250 "\/HCM_ABC"/);
    assert.match(await plain.send('PWD'), /^257 "\/HCM_ABC"/);
    const logger = await client();
    await logger.ensureDir('TRẠM/2024/01/15');
    await upload(logger, 'a.txt', 'pH');
    assert.equal(recorded.arrivals[0]!.path, 'TRẠM/2024/01/15/a.txt');
  }));

test('no folder and no name of a sender appears on the disk', () =>
  withFtpServer({}, async ({ client, folder }) => {
    const logger = await client();
    await logger.ensureDir('HCM/2024');
    await upload(logger, 'a.txt', 'pH');
    await upload(logger, '../../../../b.tmp', 'pH');
    assert.deepEqual(await readdir(folder), ['spool']);
    for (const name of await readdir(`${folder}/spool`)) assert.match(name, /^\d+$/);
  }));

test('a path that climbs out stays in the virtual root', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await upload(logger, '../../etc/passwd', 'pH');
    await logger.cd('a/b');
    await upload(logger, '../../../../c.txt', 'pH');
    await upload(logger, '/d.txt', 'pH');
    await upload(logger, '..\\e\\.\\f.txt', 'pH');
    assert.deepEqual(
      recorded.arrivals.map(({ path }) => path),
      ['etc/passwd', 'c.txt', 'd.txt', 'a/e/f.txt'],
    );
  }));

test('a name is handed over as it was spelled, not normalised', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const decomposed = 'Trạm "1"  a.txt'.normalize('NFD');
    await upload(await client(), decomposed, 'pH');
    assert.equal(recorded.arrivals[0]!.path, decomposed);
  }));

test('a name with NUL, one of 10,000 characters and one that names no file are refused by name', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw();
    for (const command of ['STOR', 'APPE', 'RNTO']) {
      if (command === 'RNTO') {
        const data = await logger.data();
        await logger.send('STOR a.tmp');
        data.end('pH');
        await logger.reply();
      }
      const refused = (name: string) =>
        logger.send(...(command === 'RNTO' ? ['RNFR a.tmp'] : []), `${command} ${name}`);
      assert.match(await refused('a\0b.txt'), /^553 the path "a\\u0000b.txt" holds a control character/);
      assert.match(await refused('x'.repeat(10_000)), /^553 the path "xxx.*is too long/);
      assert.match(await refused('folder/'), /^553 .*names no file/);
      assert.match(await refused('..'), /^553/);
      assert.match(await refused(''), /^553/);
    }
    assert.match(await logger.send('CWD a\0b'), /^550/);
    assert.match(await logger.send('NOOP'), /^200/);
    assert.deepEqual(recorded.arrivals, []);
  }));
