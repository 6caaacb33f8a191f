import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, registerStation, stationFile, stationFileName } from '@quantrac/testing';
import type { Client } from 'basic-ftp';
import { account, type IntakeNode, START, startIntakeNode } from './intake-node.ts';
import { ftpClient } from './intake-senders.ts';

describe('loggers over FTP', () => {
  let node: IntakeNode;
  let client: Client;
  let count = 0;
  let prefix = '';
  let station = '';

  before(async () => {
    node = await startIntakeNode();
  });
  after(() => {
    client.close();
    return node.stop();
  });

  /** Each test has a station and a session of its own. */
  beforeEach(async () => {
    client?.close();
    prefix = `HCM_ABC_NT${String(++count).padStart(2, '0')}`;
    station = await registerStation(node.registry, { prefix, symbols: ['COD', 'TSS'], account: account() });
    await eventually(async () =>
      assert.match((await node.ingestion.upload({ [`${prefix}/${prefix}.txt`]: '' }))[0]!.outcome, /accepted|repeat/),
    );
    client = await ftpClient(node.ingestion);
  });
  const name = () => stationFileName(prefix, START);
  const file = (values: Record<string, string>) =>
    stationFile(
      START,
      Object.entries(values).map(([symbol, value]) => ({ symbol, value })),
    );
  const put = (text: string, path: string) => client.uploadFrom(Readable.from([text]), path);
  const values = async () => (await node.sets(station)).map(({ readings }) => readings.map(({ value }) => value));
  const receipts = async () => {
    const everything = { key: station, from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
    return (await node.ingestion.peer.query<{ name: string }>('receipts', everything)).filter(
      (receipt) => receipt.name !== `${prefix}.txt`,
    );
  };

  it('a file under an unfinished name is taken when it is renamed, and not before', async () => {
    await put(file({ COD: '1' }), `${name()}.tmp`);
    assert.deepEqual(await receipts(), []);
    await client.rename(`${name()}.tmp`, name());
    assert.deepEqual(await values(), [['1']]);
  });

  it('folders are made and entered as loggers do, whatever their layout says, and nothing appears on the disk', async () => {
    for (const folder of [prefix, '2026', '01', '15']) {
      await client.send(`MKD ${folder}`).catch(() => undefined);
      await client.cd(folder);
    }
    assert.equal(await client.pwd(), `/${prefix}/2026/01/15`);
    await put(file({ COD: '2' }), 'any_name.txt');
    assert.deepEqual(await values(), [['2']]);
    assert.ok(!existsSync(join(node.data, prefix)));
  });

  it('SIZE and LIST tell what was sent, so that a logger can verify it; before STOR there is nothing', async () => {
    await client.ensureDir(prefix);
    await assert.rejects(client.size(name()), /550/);
    assert.deepEqual(await client.list(), []);
    const text = file({ COD: '3' });
    await put(text, name());
    assert.equal(await client.size(name()), text.length);
    assert.deepEqual(
      (await client.list()).map((entry) => [entry.name, entry.size]),
      [[name(), text.length]],
    );
  });

  it('the same name with other bytes corrects, the same bytes again are a repeat', async () => {
    await put(file({ COD: '1', TSS: '5' }), name());
    await put(file({ COD: '2' }), name());
    const again = await put(file({ COD: '1', TSS: '5' }), name());
    assert.match(again.message, /received before/);
    assert.deepEqual(await values(), [['2', '5']]);
    assert.deepEqual(
      (await node.sets(station, 'all')).map(({ revision }) => revision),
      [1, 2],
    );
  });

  it('what is appended stands behind what was sent: the whole is a file of its own', async () => {
    await put(file({ COD: '1' }), name());
    await client.appendFrom(Readable.from([file({ TSS: '4' })]), name());
    assert.deepEqual(await values(), [['1', '4']]);
  });

  it('a transfer that is cut off is not read, by no means half, and comes whole the next time', async () => {
    const text = file({ COD: '1', TSS: '2' });
    for (const cut of [dataReset, controlLost, aborted]) await cut(node.ingestion.ftpPort, name(), text.slice(0, 30));
    await sleep(200);
    assert.deepEqual(await receipts(), []);
    await put(text, name());
    assert.deepEqual(await values(), [['1', '2']]);
  });

  it('an unfinished file that is never renamed is nobody’s reading, and is gone after a restart', async () => {
    await put(file({ COD: '1' }), `${name()}.tmp`);
    assert.equal(readdirSync(join(node.data, 'spool')).length > 0, true);
    client.close();
    await node.ingestion.process().stop();
    await node.ingestion.start();
    assert.deepEqual(readdirSync(join(node.data, 'spool')), []);
    assert.deepEqual(await receipts(), []);
  });

  it('what was acknowledged before a kill is there after it', async () => {
    await put(file({ COD: '7' }), name());
    await node.ingestion.kill();
    await node.ingestion.start();
    assert.deepEqual(await values(), [['7']]);
  });
});

/** A session at the moment when part of a file has left. */
async function halfSent(port: number, name: string, part: string): Promise<{ control: Socket; data: Socket }> {
  const control = connect(port, '127.0.0.1').on('error', () => {});
  let said = '';
  control.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const reply = (code: string) =>
    eventually(() => {
      if (!said.includes(`${code} `)) throw new Error(`no ${code} in ${said}`);
    });
  const tell = async (line: string, code: string) => {
    control.write(`${line}\r\n`);
    await reply(code);
  };
  const { user, password } = account();
  await reply('220');
  await tell(`USER ${user}`, '331');
  await tell(`PASS ${password}`, '230');
  await tell('EPSV', '229');
  const data = connect(Number(/\|\|\|(\d+)\|/.exec(said)![1]), '127.0.0.1').on('error', () => {});
  await tell(`STOR ${name}`, '150');
  data.write(part);
  await sleep(50);
  return { control, data };
}

async function dataReset(port: number, name: string, part: string): Promise<void> {
  const { control, data } = await halfSent(port, name, part);
  data.resetAndDestroy();
  await sleep(50);
  control.destroy();
}

async function controlLost(port: number, name: string, part: string): Promise<void> {
  const { control, data } = await halfSent(port, name, part);
  control.destroy();
  data.destroy();
}

async function aborted(port: number, name: string, part: string): Promise<void> {
  const { control, data } = await halfSent(port, name, part);
  control.write('ABOR\r\n');
  await sleep(50);
  data.end();
  control.end('QUIT\r\n');
}
