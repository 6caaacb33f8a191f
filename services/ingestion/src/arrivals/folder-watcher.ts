import { resolve } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';
import { Thread } from '@quantrac/threads';
import type { Logger } from 'pino';
import { maxFileBytesByDefault, type Receive } from './arrival.ts';
import { virtualFilePath } from './arrival-path.ts';
import type { FolderBatch, ReadFile, Settled } from './folder-hand.ts';
import { type FolderLine, writeLine } from './folder-log.ts';
import { type Outcome, outcomeOf } from './folder-outcome.ts';
import type { FolderQuestion } from './folder-thread.ts';
import type { FolderWorkOptions } from './folder-work.ts';

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
  /** How the claim folders of all instances begin; `claimFolder` unless set. */
  readonly claimStem?: string;
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

/**
 * Takes complete files out of a folder. What is accepted, repeated or held is removed, since its bytes are durable by
 * then; what is refused is moved to `refused/` with a text that says why; what cannot be taken now goes back and is
 * tried again. What a crash left claimed is taken first.
 */
export const watchFolder = async (options: FolderWatcherOptions): Promise<FolderWatcher> => {
  const { log } = options;
  const workerData = workOptions(options);
  const { root } = workerData;
  const thread = new Thread(new URL('./folder-thread.js', import.meta.url), {
    workerData,
    ended: (cause) => Fault.unavailable('FolderUnavailable', `"${root}" is not watched: ${cause.message}`, cause),
    told: (line) => writeLine(log, line as FolderLine),
  });
  const ask = <R = void>(question: FolderQuestion) => thread.ask<R>(question);
  const close = () => thread.close({ kind: 'close' } satisfies FolderQuestion);
  await ask({ kind: 'open' }).catch(async (error) => {
    await close();
    throw error;
  });

  const settle = settlingTogether((settled) => void ask({ kind: 'settle', settled }));
  const receiveOne = receiving(options.receive, root, log);
  const taking = (async () => {
    for (;;) {
      const { files, bytes } = await ask<FolderBatch>({ kind: 'next' });
      if (files.length === 0) return;
      for (const file of files)
        void receiveOne(file, bytes.subarray(file.at, file.at + file.size)).then((outcome) =>
          settle({ token: file.token, outcome }),
        );
    }
  })();
  let isClosed = false;
  /** Whoever closes it waits for no look that was asked for. */
  const unlessClosed = (error: unknown): void => {
    if (!isClosed) throw error;
  };
  return {
    scanNow: () => ask({ kind: 'scanNow' }).catch(unlessClosed),
    async close() {
      isClosed = true;
      await close();
      await taking;
    },
  };
};

const workOptions = (options: FolderWatcherOptions): FolderWorkOptions => {
  const { restMs, scanEveryMs, emptyRestMs = emptyRestMsByDefault } = options;
  return {
    root: resolve(options.root),
    claimFolder: resolve(options.claimFolder),
    stem: resolve(options.claimStem ?? options.claimFolder),
    restMs,
    emptyRestMs: Math.max(restMs, emptyRestMs),
    scanEveryMs,
    maxFileBytes: options.maxFileBytes ?? maxFileBytesByDefault,
    maxInHand: options.maxInHand ?? mostInHandByDefault,
  };
};

/** What settles in one turn, as a commit makes it, is told at once. */
const settlingTogether = (tell: (settled: readonly Settled[]) => void) => {
  let settled: Settled[] = [];
  return (one: Settled): void => {
    if (settled.push(one) > 1) return;
    setImmediate(() => {
      tell(settled);
      settled = [];
    });
  };
};

const receiving =
  (receive: Receive, root: string, log: Logger) =>
  async ({ path: claimed }: ReadFile, bytes: Uint8Array): Promise<Outcome> => {
    try {
      const path = virtualFilePath(claimed);
      const answer = await receive({ way: 'folder', account: undefined, path, bytes, from: root });
      return answer.outcome === 'refused' ? { refused: `${answer.reason}\n${answer.advice}` } : 'taken';
    } catch (error) {
      return outcomeOf(error, claimed, log);
    }
  };
