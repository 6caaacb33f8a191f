import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { WorkInHand } from './work-in-hand.ts';

/** How a file looked, and since when, on the monotonic clock, it has looked so. */
export interface Look {
  readonly size: number;
  readonly mtimeMs: number;
  readonly since: number;
}

/** Knows every path from its first sight until it is let go. */
export interface Rest {
  /** Begins to watch the file, unless it does already. */
  see(path: string): void;
  letGo(path: string): void;
  /** Nothing counts as rested before this time has passed. */
  pause(ms: number): void;
}

export interface RestOptions {
  readonly root: string;
  readonly restMs: number;
  readonly emptyRestMs: number;
  readonly work: WorkInHand;
  /** Called once for a file whose size and time have rested. Whoever takes it lets it go when it is settled. */
  readonly rested: (path: string, look: Look) => Promise<void>;
  readonly log: Logger;
}

const neverLookedAt: Look = { size: -1, mtimeMs: -1, since: 0 };
const retryMs = 60_000;
const emptyLookMs = 100;

/**
 * Waits until files are complete: their own time is not compared with our clock, which a network mount need not share;
 * only that it does not change.
 */
export const openRest = ({ root, restMs, emptyRestMs, work, rested, log }: RestOptions): Rest => {
  const looks = new Map<string, Look>();
  let pausedUntil = 0;

  const lookAt = async (path: string): Promise<void> => {
    const stat = await lstat(join(root, path)).catch(() => undefined);
    if (!stat?.isFile()) return gone(path);
    const now = performance.now();
    const before = looks.get(path);
    const same = before?.size === stat.size && before.mtimeMs === stat.mtimeMs;
    const look = same ? before : { size: stat.size, mtimeMs: stat.mtimeMs, since: now };
    looks.set(path, look);
    const quietMs = look.size === 0 ? emptyRestMs : restMs;
    const waitMs = Math.max(look.since + quietMs, pausedUntil) - now;
    // an empty one is looked at meanwhile: once filled it rests like any other
    if (waitMs > 0) lookIn(look.size === 0 ? Math.min(waitMs, Math.max(restMs, emptyLookMs)) : waitMs, path);
    else await rested(path, look);
  };
  const gone = (path: string): void => {
    // the listing showed a name that cannot be asked for: it stays known, so that this is said once
    if (path.includes('\ufffd')) log.warn({ path }, 'a file name that is not UTF-8 cannot be taken: rename it');
    else looks.delete(path);
  };
  const lookIn = (ms: number, path: string): void => {
    setTimeout(() => enqueue(path), ms).unref();
  };
  const enqueue = (path: string): void => {
    work.add(() =>
      lookAt(path).catch((err) => {
        log.error({ err, path }, 'a watched file cannot be taken: it is tried again');
        lookIn(retryMs, path);
      }),
    );
  };

  return {
    see(path) {
      if (looks.has(path)) return;
      looks.set(path, neverLookedAt);
      enqueue(path);
    },
    letGo: (path) => void looks.delete(path),
    pause(ms) {
      pausedUntil = performance.now() + ms;
    },
  };
};
