import { hash } from 'node:crypto';
import { Fault } from '@quantrac/event-sourcing';
import { dayBefore, dayNumber } from './day-number.ts';

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
  async get(ref: BlobRef): Promise<Uint8Array> {
    const [, day, sha256] = address.exec(ref) ?? [];
    const bytes = sha256 && (await this.find([Number(day), dayBefore(Number(day))], sha256));
    if (!bytes) throw Fault.notFound('BlobUnknown', `no bytes are stored as ${ref}`);
    if (hash('sha256', bytes) !== sha256) throw new Error(`the bytes stored as ${ref} have changed`);
    return bytes;
  }

  abstract close(): Promise<void>;

  /** What lies under the first of these days that has it, whole. */
  protected abstract find(days: readonly number[], sha256: string): Promise<Uint8Array | undefined>;
}

const address = /^(\d{8})-([0-9a-f]{64})$/;

/** The address that bytes have once stored: known before they are. */
export const blobRef = (sha256: string, storedAt: number): BlobRef => `${dayNumber(storedAt)}-${sha256}`;

export const sha256Of = (ref: BlobRef): string => ref.slice(ref.indexOf('-') + 1);
