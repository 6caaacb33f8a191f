import { randomFillSync } from 'node:crypto';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isFault } from '@quantrac/event-sourcing';
import type { Logger } from 'pino';

/** Room on the disk that only intake gives away, so that what arrives is still taken when the disk is full. */
export interface Reserve {
  /** Runs what writes; when the disk is full a part of the reserve is given up and it is run again, until nothing is left. */
  whileFull<R>(work: () => Promise<R>): Promise<R>;
  /** Makes the reserve whole again where there is room for it and as much beside. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const PARTS = 8;
const CHUNK_BYTES = 1 << 20;

/** Kept as a file of so many bytes; 0: none. What does not fit on the disk is made later. */
export async function openReserve(path: string, bytes: number, log: Pick<Logger, 'info' | 'error'>): Promise<Reserve> {
  const file = await open(path, 'a');
  let size = (await file.stat()).size;
  let working = Promise.resolve();
  /** Never two at once: giving up and making again would fight. */
  const alone = (work: () => Promise<void>): Promise<void> => {
    working = working.then(work, work);
    return working;
  };
  const giveUp = async (seen: number) => {
    if (size < seen) return;
    size = Math.max(0, size - Math.ceil(bytes / PARTS));
    await file.truncate(size);
    log.error({ left: size }, 'the disk is full: intake gives up a part of its reserve');
  };
  const restore = async () => {
    if (size > bytes) await file.truncate(bytes);
    size = Math.min(size, bytes);
    const { bavail, bsize } = await statfs(dirname(path));
    if (size === bytes || bavail * bsize < bytes - size + bytes) return;
    size = await filled(file, size, bytes);
    if (size === bytes) log.info({ bytes }, 'intake has its reserve');
  };
  return {
    async whileFull(work) {
      for (;;) {
        const before = size;
        try {
          return await work();
        } catch (error) {
          if (!isFault(error, 'DiskFull') || before === 0) throw error;
          await alone(() => giveUp(before));
        }
      }
    },
    restore: () => alone(restore),
    async close() {
      await working.catch(() => {});
      await file.close();
    },
  };
}

/** Bytes that no file system can compress; answers how many the disk took. */
async function filled(file: FileHandle, from: number, to: number): Promise<number> {
  const chunk = randomFillSync(Buffer.allocUnsafe(CHUNK_BYTES));
  let size = from;
  try {
    while (size < to) size += (await file.write(chunk, 0, Math.min(CHUNK_BYTES, to - size))).bytesWritten;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return size;
}
