import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { claimFolderFor } from './folder-claims.ts';
import { type FolderWatcher, type FolderWatcherOptions, watchFolder } from './folder-watcher.ts';
import { inTemporaryFolder, type Recorder, recorder, silent, until } from './testing/recorder.ts';

interface WatchTest {
  readonly recorded: Recorder;
  readonly root: string;
  readonly claimFolder: string;
  readonly refusedFolder: string;
  watch(options?: Partial<FolderWatcherOptions>): Promise<FolderWatcher>;
  /** Written beside and renamed, so that it is complete at its first sight. */
  put(path: string, text: string): Promise<void>;
  /** Every file under a folder. */
  files(folder: string): Promise<readonly string[]>;
}

const withFolder = (work: (folder: WatchTest) => Promise<void>) =>
  inTemporaryFolder(async (folder) => {
    const recorded = recorder();
    const root = join(folder, 'inbox');
    const claimFolder = join(folder, 'claimed');
    const watchers: FolderWatcher[] = [];
    await mkdir(root);
    try {
      await work({
        recorded,
        root,
        claimFolder,
        refusedFolder: join(folder, 'refused'),
        async watch(options) {
          const { receive } = recorded;
          const watcher = await watchFolder({
            root,
            receive,
            restMs: 0,
            scanEveryMs: 60_000,
            claimFolder,
            log: silent,
            ...options,
          });
          watchers.push(watcher);
          return watcher;
        },
        async put(path, text) {
          await mkdir(join(root, path, '..'), { recursive: true });
          await writeFile(join(folder, 'new'), text);
          await rename(join(folder, 'new'), join(root, path));
        },
        async files(of) {
          const entries = await readdir(of, { recursive: true, withFileTypes: true });
          return entries
            .filter((entry) => !entry.isDirectory())
            .map(({ parentPath, name }) => join(parentPath, name).slice(of.length + 1))
            .sort();
        },
      });
    } finally {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    }
  });

test('a file is handed over with its path from the root, and removed once it is accepted, repeated or held', () =>
  withFolder(async ({ watch, put, recorded, root, claimFolder, files }) => {
    await put('TRẠM/2024/01/15/a.txt', 'pH\t7.21\r\n');
    await put('b.txt', 'repeat');
    await put('c.txt', 'held');
    recorded.answer = ({ path }) =>
      path === 'c.txt'
        ? { outcome: 'held', receipt: 'R1', reason: 'why', advice: 'what' }
        : { outcome: path === 'b.txt' ? 'repeat' : 'accepted', receipt: 'R2' };
    await (await watch()).scanNow();
    const arrival = recorded.arrivals.find(({ path }) => path.endsWith('a.txt'))!;
    assert.deepEqual(
      { ...arrival, bytes: Buffer.from(arrival.bytes).toString() },
      { way: 'folder', account: undefined, path: 'TRẠM/2024/01/15/a.txt', bytes: 'pH\t7.21\r\n', from: root },
    );
    assert.equal(recorded.arrivals.length, 3);
    assert.deepEqual([await files(root), await files(claimFolder)], [[], []]);
  }));

test('a file is removed only after it is durable', () =>
  withFolder(async ({ watch, put, recorded, claimFolder, files }) => {
    const durable = Promise.withResolvers<void>();
    recorded.answer = () => durable.promise.then(() => ({ outcome: 'accepted', receipt: 'R1' }));
    await put('a.txt', 'pH');
    const watcher = await watch();
    await until(() => recorded.arrivals.length === 1);
    assert.equal((await files(claimFolder)).length, 1);
    durable.resolve();
    await watcher.scanNow();
    assert.deepEqual(await files(claimFolder), []);
  }));

test('a new file is seen at once where the system tells, in a new folder too, and by the scan where it does not', () =>
  withFolder(async ({ watch, put, recorded }) => {
    await watch();
    await delay(50);
    await put('a.txt', 'pH');
    await until(() => recorded.arrivals.length === 1, 500);
    await put('new/folder/b.txt', 'pH');
    await until(() => recorded.arrivals.length === 2, 500);
  }));

test('the scan finds what no hint told: a name that came again while the first was in hand', () =>
  withFolder(async ({ watch, put, recorded }) => {
    const { answer } = recorded;
    await put('a.txt', 'first');
    recorded.answer = async (arrival) => {
      recorded.answer = answer;
      await put('a.txt', 'second');
      await delay(100);
      return answer(arrival);
    };
    await watch({ scanEveryMs: 200 });
    await until(() => recorded.arrivals.length === 2);
    assert.deepEqual(
      recorded.files().map(([, text]) => text),
      ['first', 'second'],
    );
  }));

test('a file that still grows, or whose time still changes, is not taken until it rests', () =>
  withFolder(async ({ watch, recorded, root }) => {
    await watch({ restMs: 150, scanEveryMs: 20 });
    const file = join(root, 'a.txt');
    for (const part of ['a', 'b', 'c', 'd', 'e']) {
      await appendFile(file, part);
      await delay(60);
      assert.equal(recorded.arrivals.length, 0);
    }
    for (const second of [1, 2, 3]) {
      await utimes(file, second, second);
      await delay(60);
      assert.equal(recorded.arrivals.length, 0);
    }
    await until(() => recorded.arrivals.length === 1);
    assert.deepEqual(recorded.files(), [['a.txt', 'abcde']]);
  }));

test('a file that was made empty is taken when it is filled, or has stayed empty for long', () =>
  withFolder(async ({ watch, recorded, root }) => {
    await writeFile(join(root, 'a.txt'), '');
    const watcher = await watch({ emptyRestMs: 200, scanEveryMs: 20 });
    await watcher.scanNow();
    assert.deepEqual(recorded.files(), []);
    await appendFile(join(root, 'a.txt'), 'pH');
    await until(() => recorded.arrivals.length === 1);
    await writeFile(join(root, 'b.txt'), '');
    await until(() => recorded.arrivals.length === 2);
    assert.deepEqual(recorded.files(), [
      ['a.txt', 'pH'],
      ['b.txt', ''],
    ]);
  }));

test('what is written while a file is received is not removed with it: the whole arrives again', () =>
  withFolder(async ({ watch, put, recorded, root, claimFolder, files }) => {
    recorded.answer = async () => {
      const [claimed] = await files(claimFolder);
      if (recorded.arrivals.length === 1) await appendFile(join(claimFolder, claimed!), ', TSS');
      return { outcome: 'accepted', receipt: 'R1' };
    };
    await put('a.txt', 'pH');
    await watch({ scanEveryMs: 20 });
    await until(() => recorded.arrivals.length === 2);
    assert.deepEqual(recorded.files(), [
      ['a.txt', 'pH'],
      ['a.txt', 'pH, TSS'],
    ]);
    await delay(50);
    assert.deepEqual([await files(root), await files(claimFolder)], [[], []]);
  }));

test('an unfinished name and one that begins with a dot are taken when they are renamed', () =>
  withFolder(async ({ watch, put, recorded, root, files }) => {
    const unfinished = ['.a.txt.x7', 'b.txt.tmp', 'c.txt.part', 'd.filepart'];
    for (const name of unfinished) await put(name, 'pH');
    const watcher = await watch();
    await watcher.scanNow();
    assert.deepEqual(recorded.arrivals, []);
    assert.deepEqual(await files(root), [...unfinished].sort());
    for (const [index, name] of unfinished.entries()) await rename(join(root, name), join(root, `${index}.txt`));
    await watcher.scanNow();
    assert.equal(recorded.arrivals.length, 4);
  }));

test('links are not followed, neither to files nor to folders', () =>
  withFolder(async ({ watch, put, recorded, root, claimFolder }) => {
    const outside = join(claimFolder, '..', 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret.txt'), 'secret');
    await symlink(outside, join(root, 'folder'));
    await symlink(join(outside, 'secret.txt'), join(root, 'file.txt'));
    await put('a.txt', 'pH');
    await (await watch()).scanNow();
    assert.deepEqual(recorded.files(), [['a.txt', 'pH']]);
    assert.equal(await readFile(join(outside, 'secret.txt'), 'utf8'), 'secret');
  }));

test('a refused file is moved to refused/ with a text that says why, and never replaces an earlier one', () =>
  withFolder(async ({ watch, put, recorded, root, refusedFolder, files }) => {
    recorded.answer = () => ({ outcome: 'refused', reason: 'it is noise', advice: 'send text' });
    const watcher = await watch();
    for (const text of ['one', 'two', 'three']) {
      await put('sub/a.txt', text);
      await watcher.scanNow();
    }
    assert.deepEqual(await files(root), []);
    assert.deepEqual(
      (await files(refusedFolder)).filter((name) => !name.endsWith('.reason')),
      ['sub/a.txt', 'sub/a.txt~2', 'sub/a.txt~3'],
    );
    assert.equal(await readFile(join(refusedFolder, 'sub/a.txt~2'), 'utf8'), 'two');
    assert.equal(await readFile(join(refusedFolder, 'sub/a.txt.reason'), 'utf8'), 'it is noise\nsend text\n');
  }));

test('a file that is too large, one with an unusable name and one that the receiver fails on are set apart', () =>
  withFolder(async ({ watch, put, recorded, refusedFolder, files }) => {
    recorded.answer = ({ path }) => {
      if (path === 'bug.txt') throw new TypeError('x is not a function');
      return { outcome: 'accepted', receipt: 'R1' };
    };
    await put('large.txt', 'x'.repeat(101));
    await put('a\nb.txt', 'pH');
    await put('bug.txt', 'pH');
    await put('good.txt', 'x'.repeat(100));
    await (await watch({ maxFileBytes: 100 })).scanNow();
    assert.deepEqual(
      (await files(refusedFolder)).filter((name) => !name.endsWith('.reason')),
      ['a\nb.txt', 'bug.txt', 'large.txt'],
    );
    assert.match(await readFile(join(refusedFolder, 'large.txt.reason'), 'utf8'), /larger than 100 bytes/);
    assert.deepEqual(recorded.arrivals.map(({ path }) => path).sort(), ['bug.txt', 'good.txt']);
  }));

test('what cannot be taken now goes back to its place, and is taken once there is space', () =>
  withFolder(async ({ watch, put, recorded, root, files }) => {
    const { answer } = recorded;
    recorded.answer = () => {
      throw Fault.unavailable('DiskFull', 'the disk is full');
    };
    for (let index = 0; index < 100; index++) await put(`sub/${index}.txt`, `${index}`);
    const watcher = await watch({ scanEveryMs: 200, maxInHand: 4 });
    await watcher.scanNow();
    assert.equal((await files(root)).length, 100);
    assert.ok(recorded.arrivals.length < 20, 'the others are not even tried');
    recorded.answer = answer;
    await until(() => new Set(recorded.files().map(([path]) => path)).size === 100);
    await watcher.scanNow();
    assert.deepEqual(await files(root), []);
  }));

test('a file that cannot go back because a newer one has its name is taken too, and neither is lost', () =>
  withFolder(async ({ watch, put, recorded }) => {
    const { answer } = recorded;
    await put('a.txt', 'older');
    recorded.answer = async () => {
      recorded.answer = answer;
      await put('a.txt', 'newer');
      throw Fault.unavailable('DiskFull', 'the disk is full');
    };
    await watch({ scanEveryMs: 30 });
    await until(() => recorded.arrivals.length === 3);
    assert.deepEqual(
      recorded.files().map(([, text]) => text),
      ['older', 'older', 'newer'],
    );
  }));

test('what a crash left claimed is taken at the next start, under its path', () =>
  withFolder(async ({ watch, put, recorded, claimFolder, root, files }) => {
    await put('TRAM/2024/a.txt', 'pH');
    const crashed = new Worker(new URL('./testing/crashing-watcher.js', import.meta.url), {
      workerData: { root, claimFolder },
    });
    await once(crashed, 'message');
    await crashed.terminate();
    assert.deepEqual(await files(root), []);
    assert.equal((await files(claimFolder)).length, 1);
    const watcher = await watch();
    await watcher.scanNow();
    assert.deepEqual(recorded.files(), [['TRAM/2024/a.txt', 'pH']]);
    await watcher.close();
    assert.deepEqual(await readdir(claimFolder, { recursive: true }), (await readdir(claimFolder)).slice(0, 1));
  }));

test('two instances over one folder never both take a file', () =>
  withFolder(async ({ watch, put, recorded, claimFolder }) => {
    for (let index = 0; index < 300; index++) await put(`${index % 7}/${index}.txt`, 'pH');
    const watchers = await Promise.all(
      ['one', 'two'].map((name) => watch({ claimFolder: join(claimFolder, '..', name), scanEveryMs: 20 })),
    );
    await until(() => recorded.arrivals.length >= 300);
    await Promise.all(watchers.map((watcher) => watcher.scanNow()));
    assert.equal(new Set(recorded.arrivals.map(({ path }) => path)).size, 300);
    assert.equal(recorded.arrivals.length, 300);
  }));

test('pitfall 9: a burst of 1,000 files is taken promptly, 512 in hand at once', () =>
  withFolder(async ({ watch, root, recorded }) => {
    const full = Promise.withResolvers<void>();
    let inHand = 0;
    let most = 0;
    recorded.answer = async () => {
      most = Math.max(most, ++inHand);
      if (inHand === 512) full.resolve();
      await full.promise;
      await delay(1);
      inHand--;
      return { outcome: 'accepted', receipt: 'R1' };
    };
    await watch({ restMs: 50 });
    for (let index = 0; index < 1000; index++) await writeFile(join(root, `${index}.txt`), 'pH\t7.21\r\n');
    await until(() => recorded.arrivals.length === 1000, 10_000);
    assert.equal(most, 512);
  }));

test('a claim folder on another file system is refused by name', () =>
  withFolder(async ({ watch }) => {
    const elsewhere = await mkdtemp('/dev/shm/arrivals-');
    try {
      await assert.rejects(watch({ claimFolder: join(elsewhere, 'claimed') }), (error) =>
        isFault(error, 'ClaimFolderElsewhere'),
      );
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  }));

test('a watched folder on a mount of its own keeps its claims inside, and they are not watched', () =>
  withFolder(async ({ watch, put, recorded, root, files }) => {
    const elsewhere = await mkdtemp('/dev/shm/arrivals-');
    try {
      assert.equal(claimFolderFor(root, 'claimed'), `${root}.claimed`);
      await rm(`${root}.claimed`, { recursive: true });
      await symlink(elsewhere, `${root}.claimed`);
      const claimFolder = claimFolderFor(root, 'claimed');
      assert.equal(claimFolder, join(root, '.claimed'));
      await put('a.txt', 'pH');
      const watcher = await watch({ claimFolder });
      await watcher.scanNow();
      await watcher.scanNow();
      assert.deepEqual(recorded.files(), [['a.txt', 'pH']]);
      assert.deepEqual(await files(root), []);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  }));

test('a watched folder inside the claim folder, or that is the refused one, is refused by name', () =>
  withFolder(async ({ watch, root, claimFolder }) => {
    const elsewhere = (error: unknown) => isFault(error, 'ClaimFolderElsewhere');
    await assert.rejects(watch({ claimFolder: root }), elsewhere);
    await assert.rejects(watch({ root: join(claimFolder, 'inbox') }), elsewhere);
    await assert.rejects(watch({ root: join(root, 'refused'), claimFolder: join(root, 'claimed') }), elsewhere);
  }));

test('a claim folder inside the watched one is not watched itself', () =>
  withFolder(async ({ watch, put, recorded, root, files }) => {
    recorded.answer = ({ path }) =>
      path === 'bad.txt'
        ? { outcome: 'refused', reason: 'why', advice: 'what' }
        : { outcome: 'accepted', receipt: 'R1' };
    await put('bad.txt', 'pH');
    await put('good.txt', 'pH');
    const watcher = await watch({ claimFolder: join(root, 'claimed') });
    await watcher.scanNow();
    await watcher.scanNow();
    assert.equal(recorded.arrivals.length, 2);
    assert.deepEqual(await files(root), ['refused/bad.txt', 'refused/bad.txt.reason']);
  }));

test('a watched folder that disappears, as an unmounted one does, is watched again when it is back', () =>
  withFolder(async ({ watch, put, recorded, root }) => {
    await put('sub/a.txt', 'pH');
    const watcher = await watch();
    await watcher.scanNow();
    await rm(root, { recursive: true });
    await watcher.scanNow();
    await put('sub/b.txt', 'pH');
    await watcher.scanNow();
    assert.equal(recorded.arrivals.length, 2);
    await delay(50);
    await put('sub/c.txt', 'told by a hint again');
    await until(() => recorded.arrivals.length === 3, 1_000);
  }));
