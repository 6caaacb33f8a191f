import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAdoption, stemOf } from './folder-adoption.ts';
import { openClaims } from './folder-claims.ts';
import { inTemporaryFolder } from './testing/recorder.ts';

const goneAfterMs = 200;

const instanceOn = (root: string, name?: string) => {
  const claimFolder = `${root}.claimed${name ? `-${name}` : ''}`;
  const claims = openClaims({ root, claimFolder, refusedFolder: join(dirname(root), 'refused') });
  const { run, putBack } = claims;
  const adoption = openAdoption({ claimFolder, run, stem: stemOf(claimFolder, name), putBack, goneAfterMs });
  return { claims, look: adoption.look };
};
const write = (root: string, path: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), path);
};

test('what an instance claimed that is gone is put back for the others; what one claims that goes on, or has just claimed, is not', () =>
  inTemporaryFolder(async (folder) => {
    const root = join(folder, 'inbox');
    const [gone, working, third] = [instanceOn(root, 'gone'), instanceOn(root), instanceOn(root, 'third')];
    for (const path of ['a/gone.txt', 'a/working.txt']) write(root, path);
    gone.claims.take('a/gone.txt');
    working.claims.take('a/working.txt');
    const isBack = (path: string) => existsSync(join(root, path));
    const until = performance.now() + 2 * goneAfterMs;
    third.look();
    assert.equal(isBack('a/gone.txt'), false);
    while (performance.now() < until) {
      working.look();
      third.look();
      await sleep(20);
    }
    assert.equal(readFileSync(join(root, 'a/gone.txt'), 'utf8'), 'a/gone.txt');
    assert.equal(isBack('a/working.txt'), false);
    assert.deepEqual(instanceOn(root, 'gone').claims.left(), []);
  }));

test('a file that would replace a newer one of its name waits until that is gone', () =>
  inTemporaryFolder(async (folder) => {
    const root = join(folder, 'inbox');
    const [gone, other] = [instanceOn(root, 'gone'), instanceOn(root, 'other')];
    write(root, 'a.txt');
    gone.claims.take('a.txt');
    writeFileSync(join(root, 'a.txt'), 'newer');
    other.look();
    await sleep(goneAfterMs + 20);
    other.look();
    assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'newer');
    other.claims.take('a.txt');
    other.look();
    assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'a.txt');
  }));
