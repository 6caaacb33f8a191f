import { Fault } from '@quantrac/event-sourcing';
import { byteAllowance } from './byte-allowance.ts';
import type { Claim } from './folder-claims.ts';
import type { FolderLog } from './folder-log.ts';
import { type Outcome, outcomeOf } from './folder-outcome.ts';
import { type Look, readRested } from './folder-read.ts';

export interface ClaimedFile {
  readonly claim: Claim;
  readonly look: Look;
}

/** A claimed file that was read: its bytes begin `at` in those of its batch. */
export interface ReadFile {
  readonly token: number;
  readonly path: string;
  readonly at: number;
  readonly size: number;
}

/** Files that were read together, in the order in which they were claimed. */
export interface FolderBatch {
  readonly files: readonly ReadFile[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Settled {
  readonly token: number;
  readonly outcome: Outcome;
}

/** Claimed files that are with the receiver: so many, and so many bytes, at once. */
export interface Hand {
  /** How many more files there is room for. */
  room(): number;
  isEmpty(): boolean;
  /** Keeps room for its bytes, unless there is none now. */
  fits(look: Look): boolean;
  /** Of a file that fitted, and was not claimed. */
  forgo(look: Look): void;
  /** What cannot be read has ended. */
  read(claimed: readonly ClaimedFile[]): FolderBatch;
  settle(settled: readonly Settled[]): void;
}

export interface HandOptions {
  readonly maxInHand: number;
  readonly maxFileBytes: number;
  readonly ended: (file: ClaimedFile, outcome: Outcome) => void;
  readonly log: FolderLog;
}

const mostBytesInHand = 64 << 20;

export const openHand = ({ maxInHand, maxFileBytes, ended, log }: HandOptions): Hand => {
  const allowance = byteAllowance(mostBytesInHand);
  const inHand = new Map<number, ClaimedFile>();
  let lastToken = 0;
  /** What is too large is never read. */
  const bytesOf = ({ size }: Look) => (size > maxFileBytes ? 0 : size);
  const forgo = (look: Look) => allowance.giveBack(bytesOf(look));
  const end = (file: ClaimedFile, outcome: Outcome): void => {
    forgo(file.look);
    ended(file, outcome);
  };
  const isRead = (file: ClaimedFile, bytes: Uint8Array): boolean => {
    const { claim, look } = file;
    try {
      if (look.size > maxFileBytes)
        throw Fault.invalid('FileUnreadable', `it is larger than ${maxFileBytes} bytes: split it`);
      readRested(claim.file, look, bytes);
      return true;
    } catch (error) {
      end(file, outcomeOf(error, claim.path, log));
      return false;
    }
  };

  return {
    room: () => maxInHand - inHand.size,
    isEmpty: () => inHand.size === 0,
    fits: (look) => allowance.take(bytesOf(look)),
    forgo,
    read(claimed) {
      const files: ReadFile[] = [];
      const bytes = Buffer.allocUnsafeSlow(claimed.reduce((sum, { look }) => sum + bytesOf(look), 0));
      let at = 0;
      for (const file of claimed) {
        const size = bytesOf(file.look);
        if (!isRead(file, bytes.subarray(at, at + size))) continue;
        inHand.set(++lastToken, file);
        files.push({ token: lastToken, path: file.claim.path, at, size });
        at += size;
      }
      return { files, bytes };
    },
    settle(settled) {
      for (const { token, outcome } of settled) {
        const file = inHand.get(token)!;
        inHand.delete(token);
        end(file, outcome);
      }
    },
  };
};
