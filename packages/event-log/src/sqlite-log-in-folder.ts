import { join } from 'node:path';
import type { OpenAt } from '@quantrac/conformance/store-under-test';
import { Database } from '@quantrac/sqlite';
import type { LogOptions } from './conformance-deeds.ts';
import type { EventLog } from './event-log.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';

/** A service's log for tests, in a folder with those of the others. */
export const logInFolder: OpenAt<EventLog, LogOptions> = async (
  folder,
  { service = 'alpha', slowDiskMs, leaseMs, clock },
) => {
  const fileOf = (name: string) => join(folder, `${name}.db`);
  const database = new Database(fileOf(service), { commitDelayMs: slowDiskMs });
  const store = await SqliteEventLog.open({ database, service, fileOf, leaseMs, clock });
  const close = async () => {
    await store.close();
    await database.close();
  };
  return { store, close };
};
