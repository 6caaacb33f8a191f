import type { Output } from '@quantrac/stream-processing';

/** One arrival, whatever became of it: never changed. */
export interface Receipt {
  /** `<node>/<number>` */
  readonly receipt: string;
  readonly way: 'ftp' | 'http' | 'folder' | 'command';
  readonly account: string | null;
  readonly from: string;
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly blob: string;
  readonly bytes: number;
  /** ms */
  readonly at: number;
}

export type ReceiptOutcome = 'accepted' | 'repeat' | 'held';

export const RECEIPTS = 'receipts';

export const rootOf = ({ receipt }: Receipt): string => `receipt:${receipt}`;

export const nodeOf = (receipt: string): string => receipt.slice(0, receipt.lastIndexOf('/'));

const numberOf = (receipt: string): number => Number(receipt.slice(receipt.lastIndexOf('/') + 1));

export const receiptRow = (receipt: Receipt, outcome: ReceiptOutcome, knownAt: number): Output => ({
  kind: 'row',
  collection: RECEIPTS,
  type: 'FileReceived',
  series: 'receipt',
  time: receipt.at,
  version: numberOf(receipt.receipt),
  knownAt,
  data: { ...receipt, outcome },
});
