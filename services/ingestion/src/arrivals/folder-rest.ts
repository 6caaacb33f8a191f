import { join } from 'node:path';
import type { FolderLog } from './folder-log.ts';
import { type Look, lookAt, looksLike } from './folder-read.ts';

/** Knows every path from its first sight until it is let go. */
export interface Rest {
  /** Begins to watch the file, unless it does already. */
  see(path: string): void;
  letGo(path: string): void;
  /** Of one that was taken and stayed where it is: it is due again after a while. */
  retry(path: string): void;
  /** Nothing counts as rested before this time has passed. */
  pause(ms: number): void;
  /** Whether something is due to be looked at for the last time. */
  isDue(): boolean;
  /**
   * Files whose size and time have rested, in the order of their first sight: at most so many, as far as they fit.
   * Whoever takes one lets it go when it is settled.
   */
  take(most: number, fits: (look: Look) => boolean): readonly Rested[];
}

export interface Rested {
  readonly path: string;
  readonly look: Look;
}

export interface RestOptions {
  readonly root: string;
  readonly restMs: number;
  readonly emptyRestMs: number;
  /** Called whenever something becomes due. */
  readonly due: () => void;
  readonly log: FolderLog;
}

/** How a file looked, and since when, on the monotonic clock, it has looked so. */
interface Watched extends Look {
  readonly since: number;
}

const neverLookedAt: Watched = { size: -1, mtimeMs: -1, since: 0 };
const retryMs = 60_000;
const emptyLookMs = 100;

/**
 * Waits until files are complete: their own time is not compared with our clock, which a network mount need not share;
 * only that it does not change.
 */
export const openRest = ({ root, restMs, emptyRestMs, due: tellDue, log }: RestOptions): Rest => {
  const looks = new Map<string, Watched>();
  const due: string[] = [];
  let pausedUntil = 0;

  const becomeDue = (path: string): void => {
    due.push(path);
    tellDue();
  };
  const becomeDueAt = (at: number, path: string): void => {
    const waitMs = at - performance.now();
    // a timer set late in a long turn comes early
    if (waitMs > 0) setTimeout(becomeDueAt, Math.ceil(waitMs), at, path).unref();
    else becomeDue(path);
  };
  const gone = (path: string): undefined => {
    // the listing showed a name that cannot be asked for: it stays known, so that this is said once
    if (path.includes('\ufffd')) log.warn({ path }, 'a file name that is not UTF-8 cannot be taken: rename it');
    else looks.delete(path);
  };
  /** Its look if it has rested; else it becomes due when it may have. */
  const rested = (path: string): Look | undefined => {
    const seen = lookAt(join(root, path));
    if (seen === undefined) return gone(path);
    const now = performance.now();
    const before = looks.get(path)!;
    const look = looksLike(seen, before) ? before : { size: seen.size, mtimeMs: seen.mtimeMs, since: now };
    looks.set(path, look);
    const quietMs = look.size === 0 ? emptyRestMs : restMs;
    const restedAt = Math.max(look.since + quietMs, pausedUntil);
    if (restedAt <= now) return look;
    // an empty one is looked at meanwhile: once filled it rests like any other
    becomeDueAt(look.size === 0 ? Math.min(restedAt, now + Math.max(restMs, emptyLookMs)) : restedAt, path);
    return undefined;
  };

  return {
    see(path) {
      if (looks.has(path)) return;
      looks.set(path, neverLookedAt);
      if (rested(path) !== undefined) becomeDue(path);
    },
    letGo: (path) => void looks.delete(path),
    retry: (path) => becomeDueAt(performance.now() + retryMs, path),
    pause(ms) {
      pausedUntil = performance.now() + ms;
    },
    isDue: () => due.length > 0,
    take(most, fits) {
      const taken: Rested[] = [];
      const paths = due.splice(0, most);
      for (const [index, path] of paths.entries()) {
        const look = rested(path);
        if (look === undefined) continue;
        if (!fits(look)) {
          due.unshift(...paths.slice(index));
          break;
        }
        taken.push({ path, look });
      }
      return taken;
    },
  };
};
