import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { peersOf, storeFile } from '@quantrac/service';
import { eventually, startService, temporaryFolder } from '@quantrac/testing';
import Database from 'better-sqlite3';
import { anyPorts, type GivenCommand, give, giveQuantrac, quantrac } from './command.ts';

const UP = /is up, its data are in/;

/** A node that a person runs on a folder; it goes with the test. */
async function upOn(t: TestContext, args: readonly string[], variables = anyPorts): Promise<GivenCommand> {
  const command = giveQuantrac(['up', ...args], variables);
  t.after(() => command.process.kill('SIGKILL'));
  await command.shows(UP);
  return command;
}

async function takenPort(t: TestContext): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return String((server.address() as { port: number }).port);
}

describe('a node that cannot start', () => {
  for (const [setting, tier] of [
    ['QUANTRAC_PORTAL_PORT', []],
    ['QUANTRAC_FTP_PORT', []],
    ['QUANTRAC_PORT', ['--national']],
  ] as const)
    it(`says that ${setting} is taken, ends and leaves its folder free`, async (t) => {
      const data = temporaryFolder();
      const args = ['up', '--data', data, ...tier];
      const { code, complaints, screen } = await giveQuantrac(args, { ...anyPorts, [setting]: await takenPort(t) })
        .ended;
      assert.equal(code, 1);
      assert.match(complaints, new RegExp(setting));
      assert.match(complaints, /EADDRINUSE/);
      assert.doesNotMatch(complaints, / at /, 'a sentence, no stack');
      assert.doesNotMatch(screen, UP);
      await upOn(t, args.slice(1));
    });

  it('names the bad settings of all its services at once', async () => {
    const bad = {
      QUANTRAC_FTP_PORT: 'many',
      QUANTRAC_PORTAL_PORT: '-1',
      QUANTRAC_LOG_LEVEL: 'loud',
      QUANTRAC_LISTEN: '127.0.0.1:0',
    };
    const args = ['up', '--data', temporaryFolder(), '--ministry', 'somewhere'];
    const { code, complaints } = await giveQuantrac(args, bad).ended;
    assert.equal(code, 1);
    const lines = complaints.trim().split('\n');
    assert.deepEqual(lines.map((line) => line.split(':')[0]).sort(), ['--ministry', ...Object.keys(bad)].sort());
    assert.ok(lines.includes('--ministry: write host:port or unix:<socket>'), complaints);
  });
});

describe('a service of which one runs already', () => {
  it('leaves the first one its socket, whichever way both were started', async (t) => {
    const data = temporaryFolder();
    const first = await startService('station-registry', data);
    t.after(() => first.stop());
    const { peer, close } = peersOf(data);
    t.after(close);
    await assert.rejects(startService('station-registry', data), /station-registry runs already on .*: stop it first/);
    const { code, complaints } = await quantrac('up', '--data', data);
    assert.equal(code, 1);
    assert.match(complaints, /station-registry runs already/);
    assert.deepEqual(await peer('station-registry').query('stations', {}), []);
    await first.kill();
    await upOn(t, ['--data', data]);
    await assert.rejects(startService('alerting', data), /alerting runs already/);
  });
});

describe('Ctrl-C', () => {
  const script = fileURLToPath(new URL('../../scripts/quantrac.mjs', import.meta.url));

  it('reaches every process of the group and ends a node in order, however often it is told', async (t) => {
    const data = temporaryFolder();
    const command = give([script, 'up', '--data', data], anyPorts);
    t.after(() => command.process.kill('SIGKILL'));
    await command.shows(UP);
    await eventually(() => assert.ok(leases(data).length > 0));
    command.signalGroup('SIGINT');
    command.signalGroup('SIGINT');
    const { code, complaints } = await command.ended;
    assert.equal(code, 0, complaints);
    assert.deepEqual(leases(data), []);
  });

  it('ends a demo before its day is done, with all its nodes', async (t) => {
    const folder = temporaryFolder();
    const command = giveQuantrac(['demo'], { TMPDIR: folder });
    t.after(() => command.process.kill('SIGKILL'));
    await command.shows(/status page of bacninh/);
    assert.equal(readdirSync(folder).length, 1);
    command.signalGroup('SIGINT');
    const { code, complaints } = await command.ended;
    assert.equal(code, 1);
    assert.match(complaints, /the demo was ended before its day was done/);
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('a command for a node that is not up', () => {
  for (const args of [['verify'], ['intake', 'list'], ['stations', 'export'], ['simulate']])
    it(`${args.join(' ')} says so at once and makes nothing`, async () => {
      const data = join(temporaryFolder(), 'mistyped');
      const { code, complaints } = await quantrac(...args, '--data', data);
      assert.equal(code, 1);
      assert.match(complaints, new RegExp(`^no node is up in ${data} `));
      assert.ok(!existsSync(data));
    });
});

describe('a command of a node whose services are apart', () => {
  it('says at once that nobody listens where QUANTRAC_PEERS says', async () => {
    const variables = {
      QUANTRAC_PEERS: '{"station-registry":"127.0.0.1:1"}',
      QUANTRAC_PEER_SECRET: 'sixteen-letters-and-more',
    };
    const { code, complaints } = await giveQuantrac(['stations', 'export'], variables).ended;
    assert.equal(code, 1);
    assert.equal(complaints, 'no node is up at 127.0.0.1:1 (station-registry does not listen): see QUANTRAC_PEERS\n');
  });

  it('makes no topics where no broker is named', async () => {
    const { code, complaints } = await quantrac('topics', 'make');
    assert.equal(code, 1);
    assert.match(complaints, /^set KAFKA_BROKERS and MONGO_URL/);
  });
});

/** The groups of a node that somebody holds. */
function leases(data: string): readonly unknown[] {
  const files = readdirSync(data).filter((file) => file.endsWith('.sqlite'));
  return files.flatMap((file) => {
    const database = new Database(storeFile(data, file.slice(0, -'.sqlite'.length)), { readonly: true });
    try {
      return database.prepare('SELECT * FROM log_leases WHERE until > 0').all();
    } finally {
      database.close();
    }
  });
}
