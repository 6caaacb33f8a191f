import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openClaims } from './folder-claims.ts';
import { inTemporaryFolder } from './testing/recorder.ts';

test('whatever names claimed files have, none replaces another, and the next run knows each by its path', () =>
  inTemporaryFolder(async (folder) => {
    const root = join(folder, 'inbox');
    const folders = { root, claimFolder: join(folder, 'claimed'), refusedFolder: join(folder, 'refused') };
    const long = `${'TRẠM/'.repeat(60)}a.txt`;
    const paths = ['a/b.txt', 'a%2Fb.txt', 'a%252Fb.txt', 'a%/b.txt', long, long.replaceAll('/', '%2F').slice(0, 100)];
    const claims = openClaims(folders);
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), path);
      assert.ok(claims.take(path));
    }
    const left = openClaims(folders).left();
    assert.deepEqual(left.map(({ path }) => path).sort(), [...paths].sort());
    for (const { path, file } of left) assert.equal(readFileSync(file, 'utf8'), path);
  }));
