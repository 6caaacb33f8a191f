import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectPeer, type Peer, socketPath } from '@quantrac/service';
import { eventually, startService, temporaryFolder } from '@quantrac/testing';

/** Each with the settings of its listeners and their ports by default. */
const services: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'station-registry': {},
  'quality-control': {},
  alerting: {},
  'enterprise-compliance': {},
  'ministry-sync': {},
  'national-aggregation': { QUANTRAC_PORT: 7443 },
  ingestion: { QUANTRAC_HTTP_PORT: 8080, QUANTRAC_FTP_PORT: 2121 },
  portal: { QUANTRAC_PORTAL_PORT: 8090 },
};

/** Another program may have a port: then the listener, and nothing else, is given a free one, and the test says so. */
async function portsThatAreTaken(
  t: TestContext,
  listeners: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, string>>> {
  const taken: Record<string, string> = {};
  for (const [setting, port] of Object.entries(listeners))
    if (!(await isFree(port))) {
      t.diagnostic(`port ${port} is taken here: ${setting}=0`);
      taken[setting] = '0';
    }
  return taken;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** What a process of ours would hand on is no setting of a newcomer. */
function withoutOwnSettings(t: TestContext): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('QUANTRAC_')) continue;
    delete process.env[name];
    t.after(() => {
      process.env[name] = value;
    });
  }
}

const assertHealthy = (peer: Peer) =>
  eventually(async () => {
    const groups = await peer.query<{ group: string; active: boolean; lastError?: string }>('health', {});
    for (const { group, active, lastError } of groups)
      assert.deepEqual({ active, lastError }, { active: true, lastError: undefined }, group);
  });

for (const [name, listeners] of Object.entries(services))
  test(`${name} starts alone with no setting but a data folder, and ends when it is told to`, async (t) => {
    withoutOwnSettings(t);
    const data = temporaryFolder();
    const service = await startService(name, data, await portsThatAreTaken(t, listeners));
    const peer = connectPeer(`unix:${socketPath(data, name)}`);
    t.after(() => peer.close());
    await assertHealthy(peer);
    // null: by the signal, once all is closed
    assert.ok([0, null].includes(await service.stop()));
  });

for (const [tier, listening] of [
  ['province', ['ingestion', 'portal']],
  ['national', ['national-aggregation', 'portal']],
] as const)
  test(`the ${tier} tier starts with no setting but a data folder, and ends when it is told to`, async (t) => {
    withoutOwnSettings(t);
    const data = temporaryFolder();
    const command = fileURLToPath(new URL('../../services/standalone/dist/cli.js', import.meta.url));
    const listeners = Object.assign({}, ...listening.map((name) => services[name]));
    const child = spawn(
      process.execPath,
      [command, 'up', '--data', data, ...(tier === 'national' ? ['--national'] : [])],
      {
        env: { ...process.env, ...(await portsThatAreTaken(t, listeners)) },
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      },
    );
    t.after(() => child.kill('SIGKILL'));
    let written = '';
    child.stdout!.on('data', (chunk) => {
      written += String(chunk);
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await Promise.race([
      new Promise((resolve) => child.once('message', resolve)),
      ended.then((code) => assert.fail(`it ended with ${code}: ${written}`)),
    ]);
    for (const name of listening) {
      const peer = connectPeer(`unix:${socketPath(data, name)}`);
      t.after(() => peer.close());
      await assertHealthy(peer);
    }
    assert.match(written, /is up, its data are in/);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
