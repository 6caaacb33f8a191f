import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@quantrac/event-sourcing';
import { append, upload, withFtpServer } from './testing/ftp-client.ts';
import { until } from './testing/recorder.ts';

test('226 comes only after the file is durable', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const durable = Promise.withResolvers<void>();
    recorded.answer = () => durable.promise.then(() => ({ outcome: 'accepted', receipt: 'R1' }));
    let acknowledged = false;
    const uploading = upload(await client(), 'a.txt', 'pH').then((reply) => {
      acknowledged = true;
      return reply;
    });
    await until(() => recorded.arrivals.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(acknowledged, false);
    durable.resolve();
    assert.match((await uploading).message, /^226 accepted, receipt R1/);
  }));

test('a held file is acknowledged, with why and what to do', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    recorded.answer = () => ({
      outcome: 'held',
      receipt: 'R7',
      reason: 'no station matches "HCM_X"',
      advice: 'register\r\nit',
    });
    const reply = await upload(await client(), 'a.txt', 'pH');
    assert.equal(reply.message, '226 kept but held, receipt R7: no station matches "HCM_X": register it');
  }));

test('a repeat is acknowledged with the receipt that it has', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    recorded.answer = () => ({ outcome: 'repeat', receipt: 'R1' });
    assert.match((await upload(await client(), 'a.txt', 'pH')).message, /^226 received before, receipt R1/);
  }));

test('a refused file is answered 550 with the reason, and its name is not there', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    recorded.answer = () => ({ outcome: 'refused', reason: 'it is noise', advice: 'send text' });
    await assert.rejects(upload(logger, 'a.txt', 'pH'), /550 refused: it is noise: send text/);
    await assert.rejects(logger.size('a.txt'), /550 no such file/);
  }));

test('a file that could not be made durable is answered 452, forgotten, and taken the next time', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    await upload(logger, 'day.txt', 'a');
    const { answer } = recorded;
    recorded.answer = () => {
      throw Fault.unavailable('DiskFull', 'the disk is full: try again later');
    };
    await assert.rejects(append(logger, 'day.txt', 'b'), /452 the disk is full/);
    await assert.rejects(upload(logger, 'a.txt', 'c'), /452/);
    await assert.rejects(logger.size('a.txt'), /550/);
    recorded.answer = answer;
    await append(logger, 'day.txt', 'b');
    assert.equal(recorded.files().at(-1)![1], 'ab');
  }));

test('a bug behind the door is answered 451, and the session goes on', () =>
  withFtpServer({}, async ({ client, recorded }) => {
    const logger = await client();
    const { answer } = recorded;
    recorded.answer = () => {
      throw new TypeError('x is not a function');
    };
    await assert.rejects(upload(logger, 'a.txt', 'pH'), /451 the server failed/);
    recorded.answer = answer;
    await upload(logger, 'a.txt', 'pH');
  }));

test('a file above the largest size is refused, and by APPE its whole counts', () =>
  withFtpServer({ limits: { maxFileBytes: 100_000 } }, async ({ client, raw, recorded }) => {
    await upload(await client(), 'a.txt', 'x'.repeat(100_000));
    const logger = await raw();
    for (const [command, size] of [
      ['STOR a.txt', 100_001],
      ['APPE a.txt', 1],
    ] as const) {
      const data = await logger.data();
      await logger.send(command);
      data.end('x'.repeat(size));
      assert.match(await logger.reply(), /^552 the file is larger/);
    }
    assert.equal(recorded.arrivals.length, 1);
  }));

test('when too many bytes are under way the sender is told to try again', () =>
  withFtpServer({ limits: { maxBytesUnderWay: 100_000 } }, async ({ raw, recorded }) => {
    const [slow, other] = [await raw(), await raw()];
    const slowData = await slow.data();
    await slow.send('STOR slow.txt');
    slowData.write('x'.repeat(60_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const data = await other.data();
    await other.send('STOR a.txt');
    data.end('x'.repeat(60_000));
    assert.match(await other.reply(), /^452 too many large files/);
    slowData.end();
    assert.match(await slow.reply(), /^226/);
    const again = await other.data();
    await other.send('STOR a.txt');
    again.end('x'.repeat(60_000));
    assert.match(await other.reply(), /^226/);
    assert.equal(recorded.arrivals.length, 2);
  }));

test('what this server does not offer is answered 502 or 504, and nothing breaks', () =>
  withFtpServer({}, async ({ raw }) => {
    const logger = await raw();
    for (const command of ['RETR a.txt', 'STOU', 'SITE CHMOD 777 a', 'XYZ', 'REST 5'])
      assert.match(await logger.send(command), /^50[24]/);
    for (const command of ['MKD', 'CWD', 'SIZE', 'DELE', 'OPTS', 'TYPE', 'STAT', 'PORT', 'EPRT', 'RNTO a', 'MLST x'])
      assert.match(await logger.send(command), /^\d{3} /, command);
    assert.match(await logger.send('REST 0'), /^350/);
    assert.match(await logger.send('PORT 10,0,0,1,200,1'), /^501/);
    assert.match(await logger.send('STOR a.txt'), /^425/);
    assert.match(await logger.send('NOOP'), /^200/);
  }));

test('commands that come in pieces, or several at once, are read as they were meant', () =>
  withFtpServer({}, async ({ raw, recorded }) => {
    const logger = await raw(false);
    logger.write('USER log');
    await new Promise((resolve) => setTimeout(resolve, 20));
    logger.write('ger\r\nPASS secret\r\nMKD Trạ');
    assert.match(await logger.reply(), /^331/);
    assert.match(await logger.reply(), /^230/);
    logger.write('m\nPWD\r\n');
    assert.match(await logger.reply(), /^257 "\/Trạm"/);
    assert.match(await logger.reply(), /^257 "\/"/);
    assert.deepEqual(recorded.arrivals, []);
  }));
