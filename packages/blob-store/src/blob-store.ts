import { dayNumber } from './day-number.ts';

/** Where bytes lie: `<day stored>-<SHA-256>`, days as yyyymmdd UTC. Opaque to everybody but the store. */
export type BlobRef = string;

export interface Blob {
  readonly bytes: Uint8Array;
  /** ms; the day it belongs to is part of its address, so that addresses grow with time. */
  readonly storedAt: number;
}

/** Immutable bytes by their SHA-256. The same bytes of the same or the following day are kept once. */
export abstract class BlobStore {
  /** Durable when it resolves; references in the order of the blobs, each by `blobRef` or, where the day before has the bytes, by that. */
  abstract put(blobs: readonly Blob[]): Promise<readonly BlobRef[]>;

  /** Looks under the reference's day and the one before. Throws the Fault `not-found` for an unknown reference, and a plain error when the bytes do not match their hash. */
  abstract get(ref: BlobRef): Promise<Uint8Array>;

  abstract close(): Promise<void>;
}

/** The address that bytes have once stored: known before they are. */
export const blobRef = (sha256: string, storedAt: number): BlobRef => `${dayNumber(storedAt)}-${sha256}`;

export const sha256Of = (ref: BlobRef): string => ref.slice(ref.indexOf('-') + 1);
