import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { append, upload, withFtpServer } from './testing/ftp-client.ts';

test('a file is handed over with its account, path, bytes and sender', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    await upload(await client(), 'HCM_ABC_NT01_20240115083000.txt', 'pH\t7.21\r\n');
    const [arrival] = recorded.arrivals;
    assert.deepEqual(
      { ...arrival, bytes: Buffer.from(arrival!.bytes).toString() },
      {
        way: 'ftp',
        account: 'logger',
        path: 'HCM_ABC_NT01_20240115083000.txt',
        bytes: 'pH\t7.21\r\n',
        from: '127.0.0.1',
      },
    );
  }));

test('a file sent in many packets arrives whole and unchanged', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw();
    const data = await logger.data();
    assert.match(await logger.send('STOR noise.txt'), /^150/);
    const noise = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 251));
    for (let at = 0; at < noise.length; at += 100_000) data.write(noise.subarray(at, at + 100_000));
    data.end();
    assert.match(await logger.reply(), /^226/);
    assert.ok(noise.equals(recorded.arrivals[0]!.bytes));
  }));

test('an empty file is an arrival too', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    await upload(await client(), 'a.txt', '');
    assert.deepEqual(recorded.files(), [['a.txt', '']]);
  }));

test('an unfinished name is handed over at its rename, whole and once, under the final name', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    for (const ending of ['tmp', 'part', 'filepart', 'TMP']) {
      await upload(logger, `a.txt.${ending}`, 'pH\t7\r\n');
      assert.equal(await logger.size(`a.txt.${ending}`), 6);
      assert.deepEqual(recorded.files(), []);
    }
    await logger.rename('a.txt.tmp', 'a.txt');
    assert.deepEqual(recorded.files(), [['a.txt', 'pH\t7\r\n']]);
    await assert.rejects(logger.size('a.txt.tmp'), /550/);
  }));

test('a rename that could not be acknowledged can be tried again', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await upload(logger, 'a.tmp', 'pH');
    recorded.answer = () => ({ outcome: 'refused', reason: 'not today', advice: 'come again' });
    await assert.rejects(logger.rename('a.tmp', 'a.txt'), /550 refused: not today/);
    recorded.answer = () => ({ outcome: 'accepted', receipt: 'R1' });
    await logger.rename('a.tmp', 'a.txt');
    assert.deepEqual(recorded.files().at(-1), ['a.txt', 'pH']);
  }));

test('a rename means the name that RNFR gave, wherever CWD has gone since', () =>
  withFtpServer({}, async ({ raw, client, recorded }) => {
    await upload(await client(), 'sub/a.tmp', 'pH');
    const logger = await raw();
    assert.match(await logger.send('CWD sub', 'RNFR a.tmp', 'CWD /done', 'RNTO a.txt'), /^250/);
    assert.deepEqual(recorded.files(), [['done/a.txt', 'pH']]);
  }));

test('a final name that is renamed to another final name is another arrival', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await upload(logger, 'data.txt', 'pH');
    await logger.rename('data.txt', 'HCM/a.txt');
    assert.deepEqual(recorded.files(), [
      ['data.txt', 'pH'],
      ['HCM/a.txt', 'pH'],
    ]);
  }));

test('APPE hands over the whole that it makes, in another session of the account too', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    await upload(await client(), 'day.txt', 'a\r\n');
    const later = await client();
    await append(later, 'day.txt', 'b\r\n');
    await append(later, 'day.txt', 'c\r\n');
    assert.deepEqual(
      recorded.files().map(([, text]) => text),
      ['a\r\n', 'a\r\nb\r\n', 'a\r\nb\r\nc\r\n'],
    );
    assert.equal(await later.size('day.txt'), 9);
  }));

test('APPE to a name that nobody sent begins it, and to an unfinished name waits for the rename', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await append(logger, 'new.txt', 'a');
    await append(logger, 'b.part', 'b');
    await append(logger, 'b.part', 'c');
    await logger.rename('b.part', 'b.txt');
    assert.deepEqual(recorded.files(), [
      ['new.txt', 'a'],
      ['b.txt', 'bc'],
    ]);
  }));

test('what one account sent, another neither sees nor appends to', () =>
  withFtpServer(
    { credentials: { check: async (account) => ({ ok: true, account }) } },
    async ({ client, raw, recorded }) => {
      await upload(await client(), 'day.txt', 'a');
      const other = await raw(false);
      await other.send('USER other', 'PASS x');
      assert.match(await other.send('SIZE day.txt'), /^550/);
      const data = await other.data();
      await other.send('APPE day.txt');
      data.end('b');
      await other.reply();
      assert.equal(recorded.files().at(-1)![1], 'b');
      assert.deepEqual(
        recorded.arrivals.map(({ account }) => account),
        ['logger', 'other'],
      );
    },
  ));

test('the same name again is just another arrival', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await upload(logger, 'a.txt', 'first');
    await upload(logger, 'a.txt', 'second, longer');
    await upload(logger, 'a.txt', 'third');
    assert.deepEqual(
      recorded.files().map(([, text]) => text),
      ['first', 'second, longer', 'third'],
    );
    assert.equal(await logger.size('a.txt'), 5);
  }));

test('SIZE, MDTM and LIST know a file that was uploaded, and answer 550 for one that was not', () =>
  withFtpServer({}, async ({ client, raw }) => {
    const plain = await raw();
    for (const command of ['SIZE', 'MDTM', 'RNFR', 'MLST', 'LIST', 'NLST', 'MLSD'])
      assert.match(await plain.send(`${command} a.txt`), /^550 no such file/);
    const logger = await client();
    assert.deepEqual(await logger.list(), []);
    await upload(logger, 'a.txt', 'seven b');
    await logger.ensureDir('sub');
    await logger.cd('..');
    assert.equal(await logger.size('a.txt'), 7);
    assert.ok(Math.abs((await logger.lastMod('a.txt')).getTime() - Date.now()) < 60_000);
    const facts = await logger.list();
    assert.deepEqual(
      facts.map(({ name, size, isDirectory }) => [name, size, isDirectory]),
      [
        ['sub', 0, true],
        ['a.txt', 7, false],
      ],
    );
    logger.availableListCommands = ['LIST -la'];
    const long = await logger.list();
    assert.deepEqual(
      long.map(({ name, size, isDirectory }) => [name, size, isDirectory]),
      facts.map(({ name, size, isDirectory }) => [name, size, isDirectory]),
    );
  }));

test('DELE before an upload answers 550, after it takes the name away and not the arrival', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await assert.rejects(logger.remove('a.txt'), /550/);
    await upload(logger, 'a.txt', 'pH');
    await logger.remove('a.txt');
    await assert.rejects(logger.size('a.txt'), /550/);
    assert.equal(recorded.arrivals.length, 1);
  }));

test('a listing of more files than any reply holds comes whole', () =>
  withFtpServer({}, async ({ client }) => {
    const logger = await client();
    const names = Array.from({ length: 60 }, (_, index) => `HCM_ABC_NT01_202401150${100_000 + index}.txt`);
    for (const name of names) await upload(logger, name, 'pH');
    assert.deepEqual((await logger.list()).map(({ name }) => name).sort(), names);
  }));

test('a thousand names are remembered, of 64 the bytes, and the spool holds no more', () =>
  withFtpServer({}, async ({ raw, recorded, folder }) => {
    const logger = await raw();
    for (let index = 0; index < 70; index++) {
      const data = await logger.data();
      await logger.send(`STOR ${index}.txt`);
      data.end('pH');
      await logger.reply();
    }
    assert.equal((await readdir(`${folder}/spool`)).length, 64);
    assert.match(await logger.send('SIZE 0.txt'), /^213 2/);
    assert.match(await logger.send('RNFR 0.txt', 'RNTO b.txt'), /^550/);
    assert.match(await logger.send('RNFR 69.txt', 'RNTO b.txt'), /^250/);
    assert.equal(recorded.arrivals.length, 71);
  }));
