import type { Output } from '@quantrac/stream-processing';
import type { Receipt } from './receipt.ts';

export const BEGUN_FILES = 'begun-files';

/** A very large file of which readings stand already, while its receipt comes with its last part. */
export interface BegunFile {
  readonly receipt: Receipt;
  readonly station: string;
  /** Who takes it in: nobody else finishes it, who could do so at the same time. */
  readonly instance: string;
}

export const begunIndexes = { instance: ['instance'] } as const satisfies Record<string, readonly (keyof BegunFile)[]>;

export const fileBegun = (begun: BegunFile): Output => ({
  kind: 'document',
  collection: BEGUN_FILES,
  documentKey: begun.receipt.receipt,
  document: begun,
});

export const fileEnded = ({ receipt }: Receipt): Output => ({
  kind: 'document',
  collection: BEGUN_FILES,
  documentKey: receipt,
  document: null,
});
