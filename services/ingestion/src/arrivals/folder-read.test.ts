import assert from 'node:assert/strict';
import { appendFile, lstat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { readRested } from './folder-read.ts';
import { inTemporaryFolder } from './testing/recorder.ts';

const withFile = (text: string, work: (file: string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.txt');
    await writeFile(file, text);
    await work(file);
  });

test('a file is read whole, an empty one too', async () => {
  for (const text of ['', 'pH\t7.21\r\n', 'x'.repeat(1_000_000)])
    await withFile(text, async (file) => {
      assert.equal((await readRested(file, 1_000_000, await lstat(file))).bytes.toString(), text);
      assert.equal((await readRested(file, 1_000_000, undefined)).bytes.toString(), text);
    });
});

test('a file that grew, shrank or was written over since it rested is changing', async () => {
  for (const change of [
    (file: string) => appendFile(file, 'd'),
    (file: string) => writeFile(file, 'a'),
    (file: string) => utimes(file, 1, 1),
  ])
    await withFile('abc', async (file) => {
      const look = await lstat(file);
      await change(file);
      await assert.rejects(readRested(file, 100, look), (error) => isFault(error, 'FileChanging'));
    });
});

test('a file above the largest size and a link in its place are unreadable', () =>
  withFile('abc', async (file) => {
    await assert.rejects(readRested(file, 2, undefined), (error) => isFault(error, 'FileUnreadable'));
    await symlink(file, `${file}.link`);
    await assert.rejects(readRested(`${file}.link`, 100, undefined), (error) => isFault(error, 'FileUnreadable'));
  }));

test('a file that is not there, as on a disk that went away, is to be tried again', () =>
  withFile('abc', async (file) => {
    await assert.rejects(readRested(`${file}.gone`, 100, undefined), (error) => isFault(error, 'FolderUnavailable'));
  }));
