import Database from 'better-sqlite3';
import type { Connection } from './part.ts';

/** How long one attempt to take the write lock may hold its thread. */
export const BUSY_TIMEOUT_MS = 50;
export const RETRY_AFTER_MS = 10;
const PAGE_SIZE = 8192;
/** About 32 MB: a checkpoint costs 30 ms, so not after every thousand pages. */
const PAGES_BETWEEN_CHECKPOINTS = 4000;

/** A connection with the settings that every file of Quantrac needs: WAL, and an fsync at every commit. */
export function openConnection(path: string, { readOnly = false } = {}): Connection {
  const connection = new Database(path, { readonly: readOnly, timeout: BUSY_TIMEOUT_MS });
  if (readOnly) return connection;
  connection.pragma(`page_size = ${PAGE_SIZE}`);
  untilFree(() => connection.pragma('journal_mode = WAL'));
  connection.pragma('synchronous = FULL');
  connection.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`);
  connection.pragma('cache_size = -16000');
  if (connection.pragma('synchronous', { simple: true }) !== 2)
    throw new Error(`${path}: SQLite does not keep synchronous=FULL`);
  return connection;
}

/** Switching to WAL needs the file alone for a moment; two processes may open it at once. */
function untilFree(action: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      action();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY' || attempt === 200) throw error;
    }
  }
}
