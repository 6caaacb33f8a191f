import { Fault, type FaultKind } from '@quantrac/event-sourcing';
import type { Call } from './part.ts';

export interface DatabaseOptions {
  /** For tests: how much longer every commit holds the file and its thread, as the fsync of a slow disk does. */
  readonly commitDelayMs?: number | undefined;
}

export interface WorkerOptions extends DatabaseOptions {
  readonly path: string;
}

export type Request =
  | { readonly id: number; readonly kind: 'load'; readonly module: string }
  | { readonly id: number; readonly kind: 'run'; readonly calls: readonly Call[] }
  | { readonly id: number; readonly kind: 'close' };

export type Reply =
  | { readonly id: number; readonly results: readonly unknown[] }
  | { readonly id: number; readonly error: SentError };

export interface SentError {
  readonly kind?: FaultKind;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

const sqliteUnavailable = /^SQLITE_(FULL|IOERR|BUSY|CANTOPEN|LOCKED|NOMEM|READONLY)/;

/** What SQLite cannot do now is `unavailable`; a full disk is named by its code. */
export const toSent = (error: unknown, path: string): SentError => {
  if (error instanceof Fault) return { kind: error.kind, code: error.code, message: error.message, stack: error.stack };
  const { code, message, stack } = error as { code?: string; message: string; stack?: string };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return { kind: 'unavailable', code: 'DiskFull', message: `${path}: the disk is full: free space, then try again` };
  if (code && sqliteUnavailable.test(code))
    return { kind: 'unavailable', code: 'StoreUnavailable', message: `${path}: ${message}`, stack };
  return { message: `${path}: ${message ?? error}`, stack };
};

export const fromSent = (sent: SentError): Error => {
  const error = sent.kind && sent.code ? new Fault(sent.kind, sent.code, sent.message) : new Error(sent.message);
  if (sent.stack) error.stack = sent.stack;
  return error;
};
