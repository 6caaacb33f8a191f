import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type NewStore,
  type OpenAt,
  type Places,
  type StoreOptions,
  storesAt,
} from '@quantrac/conformance/store-under-test';
import { Database } from './database.ts';

/** A store that is one file. */
export const inOneFile =
  <Store>(open: (database: Database) => Promise<Store>): OpenAt<Store, StoreOptions> =>
  async (folder, { slowDiskMs }) => {
    const database = new Database(join(folder, 'store.db'), { commitDelayMs: slowDiskMs });
    return { store: await open(database), close: () => database.close() };
  };

/** New stores in temporary folders; `process` is the module that calls `performDeed`. */
export const inTemporaryFolders = <Store, Options extends StoreOptions>(
  openIn: OpenAt<Store, Options>,
  process: URL,
): NewStore<Store, Options> => storesAt(folders, openIn, process);

const folders: Places = {
  newPlace: () => mkdtempSync(join(tmpdir(), 'quantrac-')),
  remove: async (folder) => rmSync(folder, { recursive: true }),
  /** As an operator copies: the database files alone, without what lies beside them; and puts them back without a later write-ahead log. */
  async copyAway(folder, t) {
    const away = mkdtempSync(join(tmpdir(), 'quantrac-copy-'));
    t.after(() => rmSync(away, { recursive: true }));
    const copied = readdirSync(folder).filter((file) => file.endsWith('.db'));
    for (const file of copied) copyFileSync(join(folder, file), join(away, file));
    return async () => {
      for (const file of copied) {
        for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, file + ending), { force: true });
        copyFileSync(join(away, file), join(folder, file));
      }
    };
  },
};
