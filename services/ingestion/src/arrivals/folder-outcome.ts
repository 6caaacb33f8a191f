import { isFault } from '@quantrac/event-sourcing';
import type { FolderLog } from './folder-log.ts';

/** What becomes of a claimed file. */
export type Outcome =
  /** It is durable: it is removed. */
  | 'taken'
  /** It goes back, and is taken when it rests again. */
  | 'changing'
  /** It goes back, and nothing is tried for a while. */
  | 'unavailable'
  /** It is kept apart with this text. */
  | { readonly refused: string };

/** Of a file that could not be read or received. */
export const outcomeOf = (error: unknown, path: string, log: FolderLog): Outcome => {
  if (isFault(error, 'FileChanging')) return 'changing';
  if (isFault(error) && error.kind === 'unavailable') {
    log.warn({ err: error }, 'files cannot be taken now');
    return 'unavailable';
  }
  if (isFault(error)) return { refused: error.message };
  log.error({ err: error, path }, 'the receiver failed on a file');
  return { refused: 'the server failed on it: see its log, then put it back' };
};
