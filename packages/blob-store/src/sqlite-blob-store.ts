import { hash } from 'node:crypto';
import type { Database } from '@quantrac/sqlite';
import { type Blob, type BlobRef, BlobStore } from './blob-store.ts';
import { dayNumber } from './day-number.ts';
import type { PutArgument } from './sqlite-part.ts';

const DAY_MS = 86_400_000;

/** Bytes packed by commit in the service's own SQLite file. */
export class SqliteBlobStore extends BlobStore {
  private constructor(readonly database: Database) {
    super();
  }

  static async open(database: Database): Promise<SqliteBlobStore> {
    await database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteBlobStore(database);
  }

  async put(blobs: readonly Blob[]): Promise<readonly BlobRef[]> {
    if (blobs.length === 0) return [];
    const { argument, hashes } = packed(blobs);
    const days = await this.database.call<number[]>('blob-store.put', argument, [argument.bytes.buffer as ArrayBuffer]);
    return days.map((day, index) => `${day}-${hashes[index]}`);
  }

  async close(): Promise<void> {}

  protected async find(days: readonly number[], sha256: string): Promise<Uint8Array | undefined> {
    return this.database.call('blob-store.get', { days, hash: Buffer.from(sha256, 'hex') });
  }
}

/** What one put hands to the file's thread, ready for a transaction of it. */
export function packed(blobs: readonly Blob[]): { argument: PutArgument; hashes: string[] } {
  const bytes = new Uint8Array(new ArrayBuffer(blobs.reduce((sum, blob) => sum + blob.bytes.length, 0)));
  const hashes: string[] = [];
  let at = 0;
  const entries = blobs.map(({ bytes: blob, storedAt }) => {
    bytes.set(blob, at);
    at += blob.length;
    const sha256 = hash('sha256', blob);
    hashes.push(sha256);
    return {
      day: dayNumber(storedAt),
      dayBefore: dayNumber(storedAt - DAY_MS),
      hash: new Uint8Array(Buffer.from(sha256, 'hex')),
      length: blob.length,
    };
  });
  return { argument: { bytes, blobs: entries }, hashes };
}
