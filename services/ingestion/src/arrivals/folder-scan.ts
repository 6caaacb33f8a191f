import { type Dirent, type FSWatcher, readdirSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import type { FolderLog } from './folder-log.ts';

export interface FolderScan {
  /** Looks into the folders; into the quiet ones only now and then, or when it shall look `everywhere`. */
  whole(everywhere: boolean): Promise<void>;
  close(): void;
}

export interface FolderScanOptions {
  readonly root: string;
  /** Absolute. */
  readonly without: readonly string[];
  /** Of every regular file seen, each time it is seen: a path relative to the root. */
  readonly seen: (path: string) => void;
  readonly log: FolderLog;
}

const quietAfterMs = 3_600_000;
const scansPerWholeScan = 30;
const hintsTogetherMs = 20;

interface Folder {
  entries: number;
  changedAt: number;
  watcher: FSWatcher | undefined;
}

/**
 * Finds files. The operating system's watches are hints that make it quick; the scan makes it complete, since watches
 * miss what happens on a network mount. Links are not followed, and names that begin with a dot are not seen.
 * Old day folders stay for ever: those that are quiet are looked into now and then.
 */
export const openFolderScan = ({ root, without, seen, log }: FolderScanOptions): FolderScan => {
  const folders = new Map<string, Folder>();
  const hints = new Set<string>();
  let hintTimer: NodeJS.Timeout | undefined;
  let scans = 0;
  let closed = false;

  const followHints = (): void => {
    hintTimer = undefined;
    for (const folder of hints) void look(folder, (inside) => !folders.has(inside));
    hints.clear();
  };
  const hint = (folder: string): void => {
    hints.add(folder);
    hintTimer ??= setTimeout(followHints, hintsTogetherMs);
  };
  const watched = (folder: string): FSWatcher | undefined => {
    try {
      const watcher = watch(join(root, folder), { persistent: false }, () => hint(folder));
      return watcher.on('error', () => watcher.close());
    } catch (err) {
      log.debug({ err, folder }, 'a folder cannot be watched: it is only scanned');
      return undefined;
    }
  };
  /** With what stood in it: the watches of a folder that is gone never tell again. */
  const forget = (folder: string): void => {
    for (const [path, { watcher }] of folders) {
      if (folder !== '' && path !== folder && !path.startsWith(`${folder}/`)) continue;
      watcher?.close();
      folders.delete(path);
    }
  };
  /** Watched before it is read, so that nothing comes between. */
  const known = (path: string): Folder => {
    const folder = folders.get(path) ?? { entries: 0, changedAt: performance.now(), watcher: watched(path) };
    folders.set(path, folder);
    return folder;
  };
  const note = (path: string, folder: Folder, entries: readonly Dirent[]): void => {
    if (entries.length === folder.entries && !entries.some((entry) => entry.isFile())) return;
    folder.entries = entries.length;
    folder.watcher ??= watched(path);
    // a folder is as lively as what stands in it
    for (let each = path; ; each = dirname(each)) {
      known(each === '.' ? '' : each).changedAt = performance.now();
      if (each === '.' || each === '') break;
    }
  };
  const isQuiet = (path: string): boolean => {
    const folder = folders.get(path);
    if (folder === undefined || performance.now() - folder.changedAt < quietAfterMs) return false;
    folder.watcher?.close();
    folder.watcher = undefined;
    return true;
  };

  const look = async (path: string, enter: (inside: string) => boolean): Promise<void> => {
    // what was asked of the thread meanwhile comes between two folders
    await others();
    if (closed) return;
    const folder = known(path);
    try {
      const entries = readdirSync(join(root, path), { withFileTypes: true });
      note(path, folder, entries);
      const inside = (entry: Dirent) => (path === '' ? entry.name : `${path}/${entry.name}`);
      const visible = entries.filter(({ name }) => !name.startsWith('.'));
      for (const entry of visible) if (entry.isFile()) seen(inside(entry));
      for (const entry of visible)
        if (entry.isDirectory() && !without.includes(join(root, inside(entry))) && enter(inside(entry)))
          await look(inside(entry), enter);
    } catch (err) {
      forget(path);
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({ err, path }, 'a folder cannot be read');
    }
  };

  return {
    whole(everywhere) {
      const all = everywhere || scans++ % scansPerWholeScan === 0;
      return look('', (inside) => all || !isQuiet(inside));
    },
    close() {
      closed = true;
      clearTimeout(hintTimer);
      forget('');
    },
  };
};
