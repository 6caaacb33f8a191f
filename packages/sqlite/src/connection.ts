import Database from 'better-sqlite3';
import type { Connection } from './part.ts';

/** How long one attempt to take the write lock may hold its thread. */
export const BUSY_TIMEOUT_MS = 50;
export const RETRY_AFTER_MS = 10;
const PAGE_SIZE = 8192;
/** About 32 MB: bounds the write-ahead log of a file that is never idle; else the worker checkpoints between requests. */
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

export const isBusy = (error: unknown): boolean => /^SQLITE_BUSY/.test((error as { code?: string }).code ?? '');

/** Holds this thread; for the worker of a file, never for the main thread. */
export const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Switching to WAL needs the file alone for a moment; two processes may open it at once. */
function untilFree(action: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      action();
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === 200) throw error;
      block(RETRY_AFTER_MS);
    }
  }
}
