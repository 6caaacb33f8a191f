import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { lockFolder, nodeIdentity, socketPath } from './node-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const holding = `
import { lockFolder } from ${JSON.stringify(new URL('./node-folder.js', import.meta.url).href)};
lockFolder(process.argv[1]);
process.stdout.write('held');
setInterval(() => {}, 1000);
`;

describe('a data folder', () => {
  it('has one identity for ever, whoever asks first', () => {
    const data = join(folder, 'a');
    const made = nodeIdentity(data);
    assert.deepEqual(nodeIdentity(data), made);
    assert.deepEqual(nodeIdentity(data, made.node), made);
    assert.throws(() => nodeIdentity(data, 'another'), { code: 'NodeChanged' });
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
    assert.ok(existsSync(join(far, '..')));
    rmSync(join(far, '..'), { recursive: true });
    rmSync(join(socketPath(`${deep}2`, 'ingestion'), '..'), { recursive: true });
  });
});
