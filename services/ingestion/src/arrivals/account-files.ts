import { posix } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import type { Answer, Receive } from './arrival.ts';
import { isUnfinished } from './arrival-path.ts';
import type { Spool, WhileFull } from './spool.ts';

/** What an account sees of its latest uploads: enough to verify, append and rename, and no archive. */
export interface AccountFiles {
  file(path: string): SeenFile | undefined;
  isFolder(path: string): boolean;
  entries(folder: string): readonly SeenEntry[];
  /** Every folder may be made and entered; nothing appears on any disk. */
  makeFolder(path: string): void;
  /** How many bytes an appended part would stand behind. */
  sizeBefore(path: string): number;
  /** Answers `undefined` for an unfinished name: the file is kept until it is renamed. */
  store(path: string, bytes: Buffer, from: string): Promise<Answer | undefined>;
  /** The whole that this makes is a new arrival. */
  append(path: string, part: Buffer, from: string): Promise<Answer | undefined>;
  /** Under a final name the file is an arrival. @throws Fault `FileUnknown` */
  rename(path: string, to: string, from: string): Promise<Answer | undefined>;
  /** What was handed over stays so. @throws Fault `FileUnknown` */
  remove(path: string): void;
}

export interface SeenFile {
  readonly size: number;
  readonly at: Date;
}

export interface SeenEntry extends SeenFile {
  readonly name: string;
  readonly folder: boolean;
}

export interface AccountFilesOptions {
  readonly account: string;
  readonly receive: Receive;
  readonly spool: Spool;
  /** Runs what writes by the reserve that intake has on a full disk. */
  readonly whileFull: WhileFull;
  /** Contents kept for APPE and RNTO: this many bytes in at most 64 files. */
  readonly maxKeptBytes: number;
}

interface Kept extends SeenFile {
  /** Forgotten sooner than the name; `undefined` too where the spool did not take it. */
  readonly content: Promise<number | undefined> | undefined;
}

const namesKept = 1000;
const contentsKept = 64;

export const openAccountFiles = ({
  account,
  receive,
  spool,
  whileFull,
  maxKeptBytes,
}: AccountFilesOptions): AccountFiles => {
  /** The one put last stands last. */
  const files = new Map<string, Kept>();
  const folders = new Set<string>();
  const kept = { contents: 0, bytes: 0 };

  const dropContent = (path: string, file: Kept): void => {
    if (file.content === undefined) return;
    kept.contents--;
    kept.bytes -= file.size;
    file.content.then((spooled) => spooled !== undefined && spool.remove(spooled));
    if (isUnfinished(path)) files.delete(path);
    else files.set(path, { ...file, content: undefined });
  };
  const forget = (path: string): void => {
    const file = files.get(path);
    if (file !== undefined) dropContent(path, file);
    files.delete(path);
  };
  const forgetOldest = (): void => {
    for (const [path, file] of files) {
      if (kept.contents <= contentsKept && kept.bytes <= maxKeptBytes) break;
      dropContent(path, file);
    }
    if (files.size > namesKept) forget(files.keys().next().value!);
  };
  const keep = (path: string, size: number, content: Promise<number | undefined>): void => {
    forget(path);
    files.set(path, { size, at: new Date(), content });
    kept.contents++;
    kept.bytes += size;
    forgetOldest();
  };

  const contentOf = async (path: string): Promise<Buffer | undefined> => {
    const spooled = await files.get(path)?.content;
    // an upload beside this one may have pushed it out in the meantime
    return spooled === undefined ? undefined : spool.read(spooled).catch(() => undefined);
  };

  const store = async (path: string, bytes: Buffer, from: string): Promise<Answer | undefined> => {
    if (isUnfinished(path)) {
      const spooled = await whileFull(() => spool.write(bytes));
      keep(path, bytes.length, Promise.resolve(spooled));
      return undefined;
    }
    const answer = await receive({ way: 'ftp', account, path, bytes, from });
    // a full spool costs no more than a later APPE its beginning, and each line of that stands for itself
    if (answer.outcome !== 'refused')
      keep(
        path,
        bytes.length,
        spool.write(bytes).catch(() => undefined),
      );
    return answer;
  };

  return {
    file: (path) => files.get(path),
    isFolder: (path) => path === '' || folders.has(path),
    entries: (folder) => entriesOf(folder, files, folders),
    makeFolder(path) {
      for (let each = path; each !== '.' && each !== ''; each = posix.dirname(each)) {
        folders.delete(each);
        folders.add(each);
      }
      while (folders.size > namesKept) folders.delete(folders.keys().next().value!);
    },
    sizeBefore: (path) => (files.get(path)?.content === undefined ? 0 : files.get(path)!.size),
    store,
    async append(path, part, from) {
      const before = await contentOf(path);
      return store(path, before === undefined ? part : Buffer.concat([before, part]), from);
    },
    async rename(path, to, from) {
      const file = files.get(path);
      const bytes = await contentOf(path);
      if (bytes === undefined) throw Fault.notFound('FileUnknown', 'this file is not here any more: send it again');
      const answer = await store(to, bytes, from);
      // another session may have sent that name again meanwhile
      if (answer?.outcome !== 'refused' && to !== path && files.get(path) === file) forget(path);
      return answer;
    },
    remove(path) {
      if (folders.delete(path)) return;
      if (!files.has(path)) throw Fault.notFound('FileUnknown', 'no such file');
      forget(path);
    },
  };
};

const entriesOf = (
  folder: string,
  files: ReadonlyMap<string, Kept>,
  folders: ReadonlySet<string>,
): readonly SeenEntry[] => {
  const inFolder = (path: string) => posix.dirname(path) === (folder || '.');
  const at = new Date();
  return [
    ...[...folders].filter(inFolder).map((path) => ({ name: posix.basename(path), folder: true, size: 0, at })),
    ...[...files]
      .filter(([path]) => inFolder(path))
      .map(([path, file]) => ({ name: posix.basename(path), folder: false, size: file.size, at: file.at })),
  ];
};
