import type { Deeds } from '@quantrac/conformance/perform-deed';
import type { Blob, BlobStore } from './blob-store.ts';

/** Noon of a day in January 2026, so that the days before and after are plain. */
export const noon = (day: number): number => Date.UTC(2026, 0, day, 12);

export const blob = (text: string, storedAt: number = noon(15)): Blob => ({ bytes: Buffer.from(text), storedAt });

/** What the conformance test lets another process do. */
export const deeds: Deeds<BlobStore> = {
  /** Puts each text alone and says its reference once it is acknowledged. */
  async put(store, { prefix, count }: { prefix: string; count: number }, { say }) {
    for (let n = 0; n < count; n++) say((await store.put([blob(`${prefix} ${n}`)]))[0]);
  },
};
