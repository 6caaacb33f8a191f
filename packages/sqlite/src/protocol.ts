import { Fault } from '@quantrac/event-sourcing';
import { type SentError, toSent } from '@quantrac/threads';
import type { Call } from './part.ts';

export interface DatabaseOptions {
  /** For tests: how much longer every commit holds the file and its thread, as the fsync of a slow disk does. */
  readonly commitDelayMs?: number | undefined;
}

export interface WorkerOptions extends DatabaseOptions {
  readonly path: string;
}

export type Question =
  | { readonly kind: 'load'; readonly module: string }
  | { readonly kind: 'run'; readonly calls: readonly Call[] }
  | { readonly kind: 'close' };

export type Request = Question & { readonly id: number };

const sqliteUnavailable = /^SQLITE_(FULL|IOERR|BUSY|CANTOPEN|LOCKED|NOMEM|READONLY)/;

/** What SQLite cannot do now is `unavailable`; a full disk is named by its code. */
export const sentOf = (error: unknown, path: string): SentError => {
  if (error instanceof Fault) return toSent(error);
  const { code } = error as { code?: string };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return { kind: 'unavailable', code: 'DiskFull', message: `${path}: the disk is full: free space, then try again` };
  const sent = toSent(error);
  const message = `${path}: ${sent.message}`;
  if (code && sqliteUnavailable.test(code)) return { ...sent, kind: 'unavailable', code: 'StoreUnavailable', message };
  return { ...sent, message };
};
