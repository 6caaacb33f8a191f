import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isUnfinished } from './arrival-path.ts';
import { openAdoption } from './folder-adoption.ts';
import { type Claim, openClaims } from './folder-claims.ts';
import { type ClaimedFile, type FolderBatch, openHand, type Settled } from './folder-hand.ts';
import type { FolderLog } from './folder-log.ts';
import type { Outcome } from './folder-outcome.ts';
import { type Look, lookAt, looksLike } from './folder-read.ts';
import { openRest } from './folder-rest.ts';
import { openFolderScan } from './folder-scan.ts';

export interface FolderWorkOptions {
  /** Absolute, as `claimFolder` and `stem`. */
  readonly root: string;
  readonly claimFolder: string;
  readonly stem: string;
  readonly restMs: number;
  readonly emptyRestMs: number;
  readonly scanEveryMs: number;
  readonly maxFileBytes: number;
  readonly maxInHand: number;
}

/** All that is done to a watched folder, in a thread of its own, which may wait for a disk. */
export interface FolderWork {
  /** Resolves when files have rested and there is room for them; without files when it is closed. */
  next(): Promise<FolderBatch>;
  settle(settled: readonly Settled[]): void;
  /** Looks everywhere at once; resolves when what rests has been settled. */
  scanNow(): Promise<void>;
  /** Gives no more and ends when what was given is settled. */
  close(): Promise<void>;
}

const nothing: FolderBatch = { files: [], bytes: new Uint8Array(0) };
/** Of a claim that is not there, or a link: opening it tells. */
const neverSeen: Look = { size: 0, mtimeMs: -1 };

export const openFolderWork = (options: FolderWorkOptions, log: FolderLog): FolderWork => {
  const { root, claimFolder, stem, restMs, emptyRestMs, scanEveryMs } = options;
  const refusedFolder = join(dirname(claimFolder), 'refused');
  const claims = openClaims({ root, claimFolder, refusedFolder });
  /** Claimed before: what the next scan, and what the next turn tries again. */
  const waiting: Claim[] = [...claims.left()];
  const again: Claim[] = [];
  const whenIdle: (() => void)[] = [];
  const stopping = new AbortController();
  let give: ((batch: FolderBatch) => void) | undefined;
  let turns = false;

  /** The path is let go only now: until then nothing else of that name is claimed, which would replace this claim. */
  const letGo = (claim: Claim) => claim.earlier || rest.letGo(claim.path);
  /** False: it goes back. */
  const isDone = ({ claim, look }: ClaimedFile, outcome: Outcome): boolean => {
    if (typeof outcome === 'object') claims.refuse(claim, outcome.refused);
    if (outcome !== 'taken') return typeof outcome === 'object';
    const now = lookAt(claim.file);
    // what was written since is no part of what was received: the whole is a new arrival
    if (now !== undefined && !looksLike(now, look)) return false;
    try {
      claims.remove(claim);
    } catch (err) {
      // it is durable, and a repeat when the next start finds it
      log.error({ err }, 'a received file cannot be removed');
    }
    return true;
  };
  const ended = (file: ClaimedFile, outcome: Outcome): void => {
    const { claim } = file;
    if (outcome === 'unavailable') {
      rest.pause(scanEveryMs);
      waiting.push(...again.splice(0));
    }
    try {
      if (isDone(file, outcome) || claims.putBack(claim)) letGo(claim);
      else waiting.push(claim);
    } catch (err) {
      log.error({ err, path: claim.path }, 'a claimed file can neither be kept apart nor go back');
      if (lookAt(claim.file) === undefined) letGo(claim);
      else waiting.push(claim);
    }
  };

  const soon = (): void => {
    if (!turns) setImmediate(turn);
    turns = true;
  };
  const rest = openRest({ root, restMs, emptyRestMs, due: soon, log });
  const hand = openHand({ ...options, ended, log });
  const hasMore = () => !stopping.signal.aborted && (again.length > 0 || rest.isDue());

  const claimedBefore = (): ClaimedFile[] => {
    const claimed: ClaimedFile[] = [];
    for (let room = hand.room(); room > 0 && again.length > 0; room--) {
      const look = lookAt(again[0]!.file) ?? neverSeen;
      if (!hand.fits(look)) break;
      claimed.push({ claim: again.shift()!, look });
    }
    return claimed;
  };
  const claim = (path: string, look: Look): ClaimedFile[] => {
    try {
      const claim = claims.take(path);
      if (claim !== undefined) return [{ claim, look }];
      rest.letGo(path);
    } catch (err) {
      log.error({ err, path }, 'a watched file cannot be taken: it is tried again');
      rest.retry(path);
    }
    hand.forgo(look);
    return [];
  };
  const claimed = (): ClaimedFile[] => {
    const before = claimedBefore();
    const rested = rest.take(hand.room() - before.length, hand.fits);
    return [...before, ...rested.flatMap(({ path, look }) => claim(path, look))];
  };

  const turn = (): void => {
    turns = false;
    if (give !== undefined && hasMore()) {
      const batch = hand.read(claimed());
      if (batch.files.length > 0) {
        give(batch);
        give = undefined;
      } else if (hand.isEmpty() && hasMore()) soon();
    }
    if (isIdle()) for (const tell of whenIdle.splice(0)) tell();
  };
  const isIdle = () => hand.isEmpty() && !hasMore();
  const idle = () =>
    new Promise<void>((resolve) => {
      whenIdle.push(resolve);
      soon();
    });

  const scan = openFolderScan({
    root,
    without: [claimFolder, refusedFolder],
    seen: (path) => isUnfinished(path) || rest.see(path),
    log,
  });
  const lookOnce = async (everywhere: boolean): Promise<void> => {
    again.push(...waiting.splice(0));
    soon();
    await scan.whole(everywhere);
  };
  const tidy = (): void => {
    try {
      claims.tidy();
    } catch (err) {
      log.warn({ err }, 'the claim folder cannot be tidied');
    }
  };
  const adoption = openAdoption({ claimFolder, stem, run: claims.run, putBack: claims.putBack });
  const adopt = (): void => {
    try {
      adoption.look();
    } catch (err) {
      log.warn({ err }, 'the claims of other instances cannot be looked at');
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      adopt();
      await lookOnce(false);
      if (isIdle()) tidy();
      await delay(scanEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    next: () =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) return resolve(nothing);
        give = resolve;
        soon();
      }),
    settle(settled) {
      hand.settle(settled);
      soon();
    },
    async scanNow() {
      await lookOnce(true);
      await idle();
    },
    async close() {
      stopping.abort();
      scan.close();
      give?.(nothing);
      await Promise.all([looking, idle()]);
      tidy();
    },
  };
};
