import { fork } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Database } from './database.ts';
import { OtherProcess } from './other-process.ts';

/** What a conformance test may do with one store, whichever adapter keeps it. `Options` are JSON where another process gets them. */
export interface StoreUnderTest<Store, Options extends StoreOptions = StoreOptions> {
  /** Opens the store; once more while it is open: a second instance on the same store. */
  open(options?: Options): Promise<Store>;
  /** Closes every instance that this process has opened. */
  close(): Promise<void>;
  /** Performs a deed of the port's conformance in another process, on an instance of its own. */
  elsewhere(deed: string, argument: unknown, run?: ElsewhereOptions<Options>): OtherProcess;
  /** Copies the closed store away; what is answered brings the closed store back to that copy, any number of times. */
  copyAway(): () => void;
}

export interface StoreOptions {
  /** How much longer each durable write takes. */
  readonly slowDiskMs?: number;
}

export interface ElsewhereOptions<Options> {
  readonly options?: Options;
  /** Answers what the other process asks. */
  readonly answer?: (question: unknown) => unknown;
}

/** How a conformance test gets a new, empty store. */
export type NewStore<Store, Options extends StoreOptions = StoreOptions> = (
  t: TestContext,
) => StoreUnderTest<Store, Options>;

export interface Opened<Store> {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** Opens a store in a folder of its own. */
export type OpenIn<Store, Options extends StoreOptions> = (folder: string, options: Options) => Promise<Opened<Store>>;

/** A store that is one file. */
export const inOneFile =
  <Store>(open: (database: Database) => Promise<Store>): OpenIn<Store, StoreOptions> =>
  async (folder, { slowDiskMs }) => {
    const database = new Database(join(folder, 'store.db'), { commitDelayMs: slowDiskMs });
    return { store: await open(database), close: () => database.close() };
  };

/** New stores in temporary folders; `process` is the module that calls `performDeed`. */
export const inTemporaryFolders =
  <Store, Options extends StoreOptions>(openIn: OpenIn<Store, Options>, process: URL): NewStore<Store, Options> =>
  (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'quantrac-'));
    const opened: Opened<Store>[] = [];
    const others: OtherProcess[] = [];
    const close = async () => {
      for (const { close } of opened.splice(0)) await close();
    };
    t.after(async () => {
      for (const other of others) await other.kill();
      await close();
      rmSync(folder, { recursive: true });
    });
    return {
      open: async (options) => {
        const one = await openIn(folder, options ?? ({} as Options));
        opened.push(one);
        return one.store;
      },
      close,
      elsewhere: (deed, argument, { options = {}, answer } = {}) => {
        const task = JSON.stringify({ folder, options, deed, argument });
        const child = fork(fileURLToPath(process), [task], { execArgv: [] });
        const other = new OtherProcess(child, answer);
        others.push(other);
        return other;
      },
      copyAway: () => copyDatabases(folder, t),
    };
  };

/** As an operator copies: the database files alone, without what lies beside them; and puts them back without a later write-ahead log. */
function copyDatabases(folder: string, t: TestContext): () => void {
  const away = mkdtempSync(join(tmpdir(), 'quantrac-copy-'));
  t.after(() => rmSync(away, { recursive: true }));
  const copied = readdirSync(folder).filter((file) => file.endsWith('.db'));
  for (const file of copied) copyFileSync(join(folder, file), join(away, file));
  return () => {
    for (const file of copied) {
      for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, file + ending), { force: true });
      copyFileSync(join(away, file), join(folder, file));
    }
  };
}
