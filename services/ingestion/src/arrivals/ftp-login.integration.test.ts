import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { Fault } from '@quantrac/event-sourcing';
import { Client } from 'basic-ftp';
import type { LoginContext } from './arrival.ts';
import { loginGuard } from './login-guard.ts';
import { testCertificate } from './testing/certificate.ts';
import { upload, withFtpServer } from './testing/ftp-client.ts';
import { oneAccount } from './testing/recorder.ts';

test('nothing is done and nothing is told before the login', () =>
  withFtpServer({}, async ({ raw }) => {
    const stranger = await raw(false);
    for (const command of ['SIZE a.txt', 'LIST', 'EPSV', 'STOR a.txt', 'MKD a', 'CWD a', 'RNTO a'])
      assert.match(await stranger.send(command), /^530/);
    assert.match(await stranger.send('PASS secret'), /^503/);
  }));

test('pitfall 9: an unknown account and a wrong password get the same reply after the same time, however long the check takes', () =>
  withFtpServer(
    {
      limits: { failedLoginMs: 300 },
      credentials: {
        check: async (account) => {
          if (account === 'logger') await delay(250);
          return { ok: false };
        },
      },
    },
    async ({ raw }) => {
      const replies: string[] = [];
      for (const account of ['logger', 'nobody']) {
        const client = await raw(false);
        replies.push(await client.send(`USER ${account}`));
        const began = performance.now();
        replies.push(await client.send('PASS wrong'));
        const tookMs = performance.now() - began;
        assert.ok(tookMs >= 295 && tookMs < 500, `${tookMs} ms`);
      }
      assert.match(replies[1]!, /^530/);
      assert.deepEqual(replies.slice(0, 2), replies.slice(2));
    },
  ));

test('a client may log in after a wrong password without connecting again', () =>
  withFtpServer({}, async ({ raw }) => {
    const client = await raw(false);
    assert.match(await client.send('USER logger', 'PASS wrong'), /^530/);
    assert.match(await client.send('PASS secret'), /^230/);
    assert.match(await client.send('USER nobody', 'PASS x'), /^530/);
    assert.match(await client.send('PWD'), /^530/);
  }));

test('after too many failures the right password is refused too, unheard, and both are counted', async () => {
  const guard = loginGuard({ failuresPerAddress: 100, failuresPerAccount: 3, windowMs: 400 });
  let asked = 0;
  const credentials = {
    check: (...all: Parameters<typeof oneAccount.check>) => {
      asked++;
      return oneAccount.check(...all);
    },
  };
  await withFtpServer({ guard, credentials }, async ({ raw }) => {
    const client = await raw(false);
    await client.send('USER logger', 'PASS 1', 'PASS 2', 'PASS 3');
    assert.match(await client.send('PASS secret'), /^421 too many failed logins/);
    await client.closed;
    assert.equal(asked, 3);
    assert.deepEqual(guard.counts(), { failed: 3, refused: 1 });
    await delay(400);
    assert.match(await (await raw(false)).send('USER logger', 'PASS secret'), /^230/);
  });
});

test('logins that cannot be checked are answered 421, and are not failures', async () => {
  const guard = loginGuard();
  const credentials = { check: () => Promise.reject(Fault.unavailable('RegistryAway', 'try again')) };
  await withFtpServer({ guard, credentials }, async ({ raw }) => {
    assert.match(await (await raw(false)).send('USER logger', 'PASS secret'), /^421 logins cannot be checked/);
    assert.equal(guard.counts().failed, 0);
  });
});

test('who does not log in in time, and who falls silent, is sent away', () =>
  withFtpServer({ limits: { loginWithinMs: 100, idleMs: 250 } }, async ({ raw }) => {
    const [stranger, logger] = [await raw(false), await raw()];
    const keepAlive = setInterval(() => stranger.write('NOOP\r\n'), 20);
    await stranger.closed;
    clearInterval(keepAlive);
    assert.match(await logger.send('NOOP'), /^200/);
    assert.match(await logger.reply(), /^421/);
    await logger.closed;
  }));

test('connections above the limit are answered 421, and one that ends makes room', () =>
  withFtpServer({ limits: { maxConnections: 2 } }, async ({ raw, server }) => {
    const [first] = [await raw(), await raw()];
    const third = connect(server.port, '127.0.0.1').setEncoding('utf8');
    assert.match((await once(third, 'data'))[0], /^421 too many connections/);
    await once(third, 'close');
    first.socket.destroy();
    await delay(30);
    assert.match(await (await raw(false)).send('NOOP'), /^200/);
  }));

test('a line that never ends is cut off', () =>
  withFtpServer({}, async ({ raw }) => {
    const client = await raw(false);
    client.write('A'.repeat(20_000));
    assert.match(await client.reply(), /^500/);
    await client.closed;
  }));

test('a flood of commands that wait for no reply ends the connection', () =>
  withFtpServer({}, async ({ raw }) => {
    const client = await raw(false);
    client.write('NOOP\r\n'.repeat(500));
    await client.closed;
  }));

test('with a certificate a client may encrypt, and the credentials are told', async () => {
  const contexts: LoginContext[] = [];
  const check = async (account: string, _password: string, context: LoginContext) => {
    contexts.push(context);
    return context.secure ? ({ ok: true, account } as const) : ({ ok: false } as const);
  };
  await withFtpServer({ tls: testCertificate, credentials: { check } }, async ({ server, recorded, raw }) => {
    const client = new Client(5_000);
    const secureOptions = { ca: testCertificate.cert };
    await client.access({
      host: '127.0.0.1',
      port: server.port,
      user: 'logger',
      password: 'secret',
      secure: true,
      secureOptions,
    });
    await upload(client, 'a.txt', 'pH\t7.21');
    await upload(client, 'b.tmp', 'encrypted'.repeat(100_000));
    await client.rename('b.tmp', 'b.txt');
    assert.deepEqual((await client.list()).map(({ name }) => name).sort(), ['a.txt', 'b.txt']);
    client.close();
    assert.deepEqual(recorded.files(), [
      ['a.txt', 'pH\t7.21'],
      ['b.txt', 'encrypted'.repeat(100_000)],
    ]);
    assert.match(await (await raw(false)).send('USER logger', 'PASS secret'), /^530/);
    assert.deepEqual(contexts, [
      { way: 'ftp', secure: true, from: '127.0.0.1' },
      { way: 'ftp', secure: false, from: '127.0.0.1' },
    ]);
  });
});

test('after AUTH TLS a data connection in clear is refused, and an encrypted one that is reset is not handed over', () =>
  withFtpServer({ tls: testCertificate }, async ({ raw, recorded }) => {
    const client = await raw(false);
    assert.match(await client.send('AUTH TLS'), /^234/);
    client.socket.removeAllListeners('data');
    const secure = connectSecurely({ socket: client.socket, ca: testCertificate.cert }).setEncoding('utf8');
    let seen = '';
    secure.on('data', (text: string) => {
      seen += text;
    });
    const send = async (line: string, expected: RegExp): Promise<string> => {
      seen = '';
      secure.write(`${line}\r\n`);
      while (!expected.test(seen)) await delay(2);
      return seen;
    };
    await send('USER logger', /^331/);
    await send('PASS secret', /^230/);
    const inClear = connect(Number(/\|(\d+)\|/.exec(await send('EPSV', /^229/))![1]), '127.0.0.1');
    inClear.on('error', () => {}).end('pH 7.21 in clear');
    await send('STOR a.txt', /^425 .*PROT P/m);
    const port = Number(/\|(\d+)\|/.exec(await send('EPSV', /^229/))![1]);
    const plain = connect(port, '127.0.0.1');
    const data = connectSecurely({ socket: plain, ca: testCertificate.cert }).on('error', () => {});
    await Promise.all([once(data, 'secureConnect'), send('STOR a.txt', /^150/)]);
    data.write('half');
    await delay(30);
    plain.resetAndDestroy();
    while (!/^426/m.test(seen)) await delay(2);
    assert.deepEqual(recorded.arrivals, []);
    secure.destroy();
  }));

test('what is sent in clear behind AUTH is not taken for encrypted commands', () =>
  withFtpServer({ tls: testCertificate }, async ({ raw }) => {
    const client = await raw(false);
    client.write('AUTH TLS\r\nUSER logger\r\nPASS secret\r\n');
    assert.match(await client.reply(), /^234/);
    client.socket.removeAllListeners('data');
    const secure = connectSecurely({ socket: client.socket, ca: testCertificate.cert }).setEncoding('utf8');
    await once(secure, 'secureConnect');
    secure.write('PWD\r\n');
    assert.match((await once(secure, 'data'))[0], /^530/);
    secure.destroy();
  }));

test('without a certificate AUTH is not offered', () =>
  withFtpServer({}, async ({ raw }) => {
    assert.match(await (await raw(false)).send('AUTH TLS'), /^502/);
  }));

test('PASV names the public address to all but loopback, and the ports of the range', () =>
  withFtpServer({ passive: { from: 20_990, to: 20_991 }, publicAddress: '203.0.113.9' }, async ({ raw }) => {
    const client = await raw();
    const port = (reply: string) => /\(127,0,0,1,(\d+),(\d+)\)/.exec(reply)!.slice(1).map(Number);
    for (let turn = 0; turn < 4; turn++) {
      const [high, low] = port(await client.send('PASV'));
      assert.ok([20_990, 20_991].includes(high! * 256 + low!));
    }
    const others = [await raw(), await raw()];
    await client.send('NOOP');
    assert.match(await others[0]!.send('PASV'), /^227/);
    assert.match(await others[1]!.send('PASV'), /^425 no data port is free/);
  }));

test('a server that closes lets the upload under way end, then sends everybody away and leaves no signal handler', async () => {
  const before = process.listenerCount('SIGTERM');
  await withFtpServer({}, async ({ raw, server, recorded }) => {
    assert.equal(process.listenerCount('SIGTERM'), before);
    const [logger, idle] = [await raw(), await raw()];
    const data = await logger.data();
    await logger.send('STOR a.txt');
    const closed = server.close();
    await idle.closed;
    data.end('pH');
    assert.match(await logger.reply(), /^226/);
    await closed;
    assert.equal(recorded.arrivals.length, 1);
  });
});
