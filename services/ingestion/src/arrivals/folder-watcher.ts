import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';
import { maxFileBytesByDefault, type Receive } from './arrival.ts';
import { isUnfinished, virtualFilePath } from './arrival-path.ts';
import { byteAllowance } from './byte-allowance.ts';
import { type Claim, type Claims, openClaims } from './folder-claims.ts';
import { isAsRead, readRested } from './folder-read.ts';
import { type Look, openRest } from './folder-rest.ts';
import { openFolderScan } from './folder-scan.ts';
import { workInHand } from './work-in-hand.ts';

export interface FolderWatcherOptions {
  /** The watched folder; made if it is not there. */
  readonly root: string;
  readonly receive: Receive;
  /** A file whose size and time have not changed for so long is complete. */
  readonly restMs: number;
  /** As `restMs`, of a file without bytes: some writers make the file first and fill it at leisure. A minute unless set. */
  readonly emptyRestMs?: number;
  readonly scanEveryMs: number;
  /**
   * Of this instance alone, on the file system of `root`; inside `root` only under a name that begins with a dot.
   * Beside it stands `refused/`.
   */
  readonly claimFolder: string;
  readonly log: Logger;
  readonly maxFileBytes?: number;
  /** Files in hand at once, so that the receiver can commit them together. */
  readonly maxInHand?: number;
}

export interface FolderWatcher {
  /** Looks everywhere at once; resolves when what rests has been answered. */
  scanNow(): Promise<void>;
  /** Takes no more and ends when what is in hand is answered. */
  close(): Promise<void>;
}

const emptyRestMsByDefault = 60_000;
/** A burst shares few commits then. */
const mostInHandByDefault = 512;
const mostBytesInHand = 64 << 20;

/**
 * Takes complete files out of a folder. What is accepted, repeated or held is removed, since its bytes are durable by
 * then; what is refused is moved to `refused/` with a text that says why; what cannot be taken now goes back and is
 * tried again. What a crash left claimed is taken first.
 */
export const watchFolder = async (options: FolderWatcherOptions): Promise<FolderWatcher> => {
  const root = resolve(options.root);
  const claimFolder = resolve(options.claimFolder);
  const refusedFolder = join(dirname(claimFolder), 'refused');
  const { restMs, emptyRestMs = emptyRestMsByDefault, scanEveryMs, log } = options;
  const claims = await openClaims({ root, claimFolder, refusedFolder });
  const work = workInHand(options.maxInHand ?? mostInHandByDefault);
  const allowance = byteAllowance(mostBytesInHand);
  const handOver = handingOver({ ...options, root, claims });
  const waiting: Claim[] = [...(await claims.left())];

  /** The path is let go only now: until then nothing else of that name is claimed, which would replace this claim. */
  const settle = async (claim: Claim, look?: Look): Promise<void> => {
    const giveBack = await allowance.take(look?.size ?? mostBytesInHand);
    const outcome = await handOver(claim, look).finally(giveBack);
    if (outcome === 'unavailable') rest.pause(scanEveryMs);
    const done = outcome === 'settled' || (await claims.putBack(claim));
    if (!done) waiting.push(claim);
    else if (!claim.earlier) rest.letGo(claim.path);
  };
  const rest = openRest({
    root,
    restMs,
    emptyRestMs: Math.max(restMs, emptyRestMs),
    work,
    log,
    async rested(path, look) {
      const claim = await claims.take(path);
      if (claim === undefined) rest.letGo(path);
      else await settle(claim, look);
    },
  });
  const scan = openFolderScan({
    root,
    without: [claimFolder, refusedFolder],
    seen: (path) => isUnfinished(path) || rest.see(path),
    log,
  });

  const lookOnce = async (everywhere: boolean): Promise<void> => {
    for (const claim of waiting.splice(0))
      work.add(() => settle(claim).catch((err) => log.error({ err }, 'a claimed file waits for the next start')));
    await scan.whole(everywhere);
  };
  const tidy = () => claims.tidy().catch((err) => log.warn({ err }, 'the claim folder cannot be tidied'));
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await lookOnce(false);
      if (work.isIdle()) await tidy();
      await delay(scanEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    async scanNow() {
      await lookOnce(true);
      await work.idle();
    },
    async close() {
      stopping.abort();
      scan.close();
      work.stop();
      await Promise.all([looking, work.idle()]);
      await tidy();
    },
  };
};

interface HandingOver extends FolderWatcherOptions {
  readonly claims: Claims;
}

/** Reads a claimed file and gives it to the receiver; what is not settled goes back. */
const handingOver =
  ({ root, receive, claims, log, maxFileBytes = maxFileBytesByDefault }: HandingOver) =>
  async (claim: Claim, look: Look | undefined): Promise<'settled' | 'changing' | 'unavailable'> => {
    try {
      const read = await readRested(claim.file, maxFileBytes, look);
      const { bytes } = read;
      const path = virtualFilePath(claim.path);
      const answer = await receive({ way: 'folder', account: undefined, path, bytes, from: root });
      if (answer.outcome === 'refused') await claims.refuse(claim, `${answer.reason}\n${answer.advice}`);
      // what was written since is no part of what was received: the whole is a new arrival
      else if (!(await isAsRead(claim.file, read))) return 'changing';
      // one that cannot be removed is durable, and a repeat when the next start finds it
      else await claims.remove(claim).catch((err) => log.error({ err }, 'a received file cannot be removed'));
      return 'settled';
    } catch (error) {
      if (isFault(error, 'FileChanging')) return 'changing';
      if (isFault(error) && error.kind === 'unavailable') {
        log.warn({ err: error }, 'files cannot be taken now');
        return 'unavailable';
      }
      const isKnown = isFault(error);
      if (!isKnown) log.error({ err: error, path: claim.path }, 'the receiver failed on a file');
      await claims.refuse(claim, isKnown ? error.message : 'the server failed on it: see its log, then put it back');
      return 'settled';
    }
  };
