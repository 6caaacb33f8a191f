import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { lockFolder, lockService, nodeIdentity, socketPath } from './node-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const holding = `
import { lockFolder } from ${JSON.stringify(new URL('./node-folder.js', import.meta.url).href)};
lockFolder(process.argv[1]);
process.stdout.write('held');
setInterval(() => {}, 1000);
`;

const identifying = `
import { existsSync } from 'node:fs';
import { nodeIdentity } from ${JSON.stringify(new URL('./node-folder.js', import.meta.url).href)};
const [data, go] = process.argv.slice(1);
process.stdout.write('ready ');
while (!existsSync(go));
process.stdout.write(nodeIdentity(data).node);
`;

describe('a data folder', () => {
  it('has one identity for ever, whoever asks first', () => {
    const data = join(folder, 'a');
    const made = nodeIdentity(data);
    assert.deepEqual(nodeIdentity(data), made);
    assert.deepEqual(nodeIdentity(data, made.node), made);
    assert.throws(() => nodeIdentity(data, 'another'), { code: 'NodeChanged' });
  });

  it('has one identity for processes that all come first at once', async () => {
    const [data, go] = [join(folder, 'fresh'), join(folder, 'go')];
    const children = Array.from({ length: 7 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', identifying, data, go], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      const ready = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
      child.stdout.on('data', (chunk) => (said += String(chunk)));
      return { ready, said: new Promise<string>((resolve) => child.once('close', () => resolve(said))) };
    });
    await Promise.all(children.map(({ ready }) => ready));
    writeFileSync(go, '');
    const said = await Promise.all(children.map((child) => child.said));
    assert.deepEqual(new Set(said), new Set([`ready ${nodeIdentity(data).node}`]));
    assert.deepEqual(readdirSync(data), ['node.json']);
  });

  it('has room for one process of a service, and one of each further instance', () => {
    const data = join(folder, 'services');
    const release = lockService(data, 'ingestion');
    assert.throws(() => lockService(data, 'ingestion'), {
      code: 'FolderInUse',
      message: /^ingestion runs already on .*: stop it first/,
    });
    lockService(data, 'ingestion-second')();
    lockService(data, 'alerting')();
    release();
    lockService(data, 'ingestion')();
  });

  it('is held by one process, and free again when that process is killed', async () => {
    const data = join(folder, 'b');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', holding, data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    after(() => child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.throws(() => lockFolder(data), { code: 'FolderInUse' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const unlock = lockFolder(data);
    assert.throws(() => lockFolder(data), { code: 'FolderInUse' });
    unlock();
    lockFolder(data)();
  });

  it('has sockets of which the path is never too long', () => {
    const near = socketPath(join(folder, 'c'), 'ingestion');
    assert.ok(near.startsWith(folder));
    const deep = join(folder, 'd'.repeat(90), 'e'.repeat(90));
    const far = socketPath(deep, 'ingestion');
    assert.ok(Buffer.byteLength(far) <= 100);
    assert.equal(socketPath(deep, 'ingestion'), far);
    assert.notEqual(socketPath(`${deep}2`, 'ingestion'), far);
    for (const path of [near, far]) assert.ok(!existsSync(join(path, '..')), 'whoever only asks makes no folder');
  });
});
