import assert from 'node:assert/strict';
import { appendFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { type Look, lookAt, readRested } from './folder-read.ts';
import { inTemporaryFolder } from './testing/recorder.ts';

const withFile = (text: string, work: (file: string) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.txt');
    await writeFile(file, text);
    await work(file);
  });

const read = (file: string, look: Look): string => {
  const bytes = Buffer.alloc(look.size);
  readRested(file, look, bytes);
  return bytes.toString();
};

test('a file is read whole, an empty one too', async () => {
  for (const text of ['', 'pH\t7.21\r\n', 'x'.repeat(1_000_000)])
    await withFile(text, async (file) => assert.equal(read(file, lookAt(file)!), text));
});

test('a file that grew, shrank or was written over since it rested is changing', async () => {
  for (const change of [
    (file: string) => appendFile(file, 'd'),
    (file: string) => writeFile(file, 'a'),
    (file: string) => utimes(file, 1, 1),
  ])
    await withFile('abc', async (file) => {
      const look = lookAt(file)!;
      await change(file);
      assert.throws(
        () => read(file, look),
        (error) => isFault(error, 'FileChanging'),
      );
    });
});

test('a link in the place of a file is unreadable, and looks like none', () =>
  withFile('abc', async (file) => {
    await symlink(file, `${file}.link`);
    assert.equal(lookAt(`${file}.link`), undefined);
    assert.throws(
      () => read(`${file}.link`, lookAt(file)!),
      (error) => isFault(error, 'FileUnreadable'),
    );
  }));

test('a file that is not there, as on a disk that went away, is to be tried again', () =>
  withFile('abc', async (file) => {
    assert.throws(
      () => read(`${file}.gone`, lookAt(file)!),
      (error) => isFault(error, 'FolderUnavailable'),
    );
  }));
