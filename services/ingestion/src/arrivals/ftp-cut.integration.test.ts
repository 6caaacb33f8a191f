import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FtpTest, type RawFtp, upload, withFtpServer } from './testing/ftp-client.ts';

/** In the middle of an upload: 150 was answered, half a line was sent. */
const halfway = async (logger: RawFtp, command = 'STOR a.txt'): Promise<Socket> => {
  const data = await logger.data();
  assert.match(await logger.send(command), /^150/);
  data.write('pH\t7.21\t-\t2024');
  await delay(30);
  return data;
};

/** Nothing came of it, and the server works as before. */
const nothingCame = async ({ recorded, client, folder }: FtpTest): Promise<void> => {
  await delay(50);
  assert.deepEqual(recorded.arrivals, []);
  assert.deepEqual(await readdir(`${folder}/spool`), []);
  const logger = await client();
  await assert.rejects(logger.size('a.txt'), /550/);
  await upload(logger, 'a.txt', 'whole');
  assert.deepEqual(recorded.files(), [['a.txt', 'whole']]);
};

test('a reset data connection is answered 426 and not handed over', () =>
  withFtpServer({}, async (ftp) => {
    const logger = await ftp.raw();
    (await halfway(logger)).resetAndDestroy();
    assert.match(await logger.reply(), /^426/);
    await nothingCame(ftp);
  }));

test('a data connection reset before the upload begins is answered, and the process stays up', () =>
  withFtpServer({}, async (ftp) => {
    const logger = await ftp.raw();
    (await logger.data()).resetAndDestroy();
    await delay(20);
    logger.write('STOR a.txt\r\n');
    assert.match(await logger.reply(), /^150/);
    assert.match(await logger.reply(), /^426/);
    await nothingCame(ftp);
  }));

test('when the control connection drops during an upload the file is not handed over', () =>
  withFtpServer({}, async (ftp) => {
    for (const drop of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.resetAndDestroy()]) {
      const logger = await ftp.raw();
      const data = await halfway(logger);
      drop(logger.socket);
      await delay(30);
      data.end('0115083000\r\n');
    }
    await nothingCame(ftp);
  }));

test('when the control connection drops, the data connection is not kept waiting', () =>
  withFtpServer({}, async (ftp) => {
    const logger = await ftp.raw();
    const data = await halfway(logger);
    logger.socket.destroy();
    await once(data.resume(), 'end', { signal: AbortSignal.timeout(1_000) });
    await nothingCame(ftp);
  }));

test('a client that is killed during an upload leaves nothing', () =>
  withFtpServer({ limits: { settleMs: 100 } }, async (ftp) => {
    const code = `
      import { connect } from 'node:net';
      const control = connect(${ftp.server.port}, '127.0.0.1');
      let seen = '', step = 0;
      const script = ['USER logger', 'PASS secret', 'EPSV'];
      control.on('data', (text) => {
        const port = /\\|\\|\\|(\\d+)\\|/.exec(text)?.[1];
        if (port) connect(port, '127.0.0.1').on('connect', function () {
          control.write('STOR a.txt\\r\\n');
          this.write('half', () => setTimeout(() => console.log('halfway'), 30));
        });
        else if (script[step]) control.write(script[step++] + '\\r\\n');
      });`;
    const client = spawn(process.execPath, ['--input-type=module', '-e', code]);
    await once(client.stdout, 'data');
    client.kill('SIGKILL');
    await once(client, 'exit');
    await delay(150);
    await nothingCame(ftp);
  }));

test('ABOR ends the upload under way with 426, is answered 226, and nothing is handed over', () =>
  withFtpServer({}, async (ftp) => {
    const logger = await ftp.raw();
    await halfway(logger);
    logger.socket.write(Buffer.from([0xff, 0xf4, 0xff, 0xf2]));
    logger.write('ABOR\r\n');
    assert.match(await logger.reply(), /^426/);
    assert.match(await logger.reply(), /^226/);
    assert.match(await logger.send('ABOR'), /^226/);
    await nothingCame(ftp);
  }));

test('ABOR does not wait for a data connection that never comes', () =>
  withFtpServer({}, async (ftp) => {
    const logger = await ftp.raw();
    await logger.send('EPSV', 'STOR a.txt');
    logger.write('ABOR\r\n');
    assert.match(await logger.reply(), /^425/);
    assert.match(await logger.reply(), /^226/);
    await nothingCame(ftp);
  }));

test('a silent data connection is given up after the idle time, and the control connection is not', () =>
  withFtpServer({ limits: { idleMs: 150 } }, async (ftp) => {
    const logger = await ftp.raw();
    const data = await halfway(logger);
    for (let part = 0; part < 4; part++) {
      await delay(60);
      data.write('x');
    }
    assert.match(await logger.reply(), /^426 no data came/);
    await nothingCame(ftp);
  }));

test('an aborted upload leaves what stood under its name, and an aborted APPE appends nothing', () =>
  withFtpServer({}, async ({ raw, client, recorded }) => {
    await upload(await client(), 'a.txt', 'before');
    const logger = await raw();
    for (const command of ['STOR a.txt', 'APPE a.txt']) {
      (await halfway(logger, command)).resetAndDestroy();
      assert.match(await logger.reply(), /^426/);
    }
    assert.match(await logger.send('SIZE a.txt'), /^213 6/);
    assert.equal(recorded.arrivals.length, 1);
  }));

test('a data connection closed in order is a complete file, whatever the sender meant', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw();
    (await halfway(logger)).destroy();
    assert.match(await logger.reply(), /^226/);
    assert.deepEqual(recorded.files(), [['a.txt', 'pH\t7.21\t-\t2024']]);
  }));

test('a logger that says QUIT and leaves without waiting for the reply has sent its file', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw();
    const data = await halfway(logger);
    data.end();
    logger.socket.end('QUIT\r\n');
    await logger.closed;
    await delay(50);
    assert.equal(recorded.arrivals.length, 1);
  }));

test('nobody but the client may open its data connection', () =>
  withFtpServer({ host: '0.0.0.0' }, async ({ raw, recorded }) => {
    const logger = await raw();
    const port = Number(/\|\|\|(\d+)\|/.exec(await logger.send('EPSV'))![1]);
    const { connect } = await import('node:net');
    const stranger = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    stranger.on('error', () => {}).end('forged');
    await once(stranger, 'close');
    const own = connect({ port, host: '127.0.0.1' });
    await logger.send('STOR a.txt');
    own.end('own');
    assert.match(await logger.reply(), /^226/);
    assert.deepEqual(recorded.files(), [['a.txt', 'own']]);
  }));

test('active mode works: the server connects to the port that the client names', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw();
    const listener = createServer((socket) => socket.end('pH')).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    assert.match(await logger.send(`PORT 127,0,0,1,${port >> 8},${port & 255}`), /^200/);
    await logger.send('STOR a.txt');
    assert.match(await logger.reply(), /^226/);
    assert.match(await logger.send(`EPRT |1|127.0.0.1|${port}|`), /^200/);
    await logger.send('STOR b.txt');
    assert.match(await logger.reply(), /^226/);
    listener.close();
    assert.deepEqual(
      recorded.arrivals.map(({ path }) => path),
      ['a.txt', 'b.txt'],
    );
  }));
