import * as fs from 'node:fs';
import { mkdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@quantrac/event-sourcing';

// without a FileHandle, which costs twice as much
const writeFile = promisify(fs.writeFile);

/**
 * Bytes beside the process's memory, under names that no sender chose. Nothing in it was promised to anybody: it
 * begins empty.
 */
export interface Spool {
  /** @throws Fault `unavailable` when the disk does not take it: `DiskFull`, else `SpoolFailed`. */
  write(bytes: Uint8Array): Promise<number>;
  read(file: number): Promise<Buffer>;
  remove(file: number): void;
}

export type WhileFull = <R>(work: () => Promise<R>) => Promise<R>;

export const openSpool = async (folder: string): Promise<Spool> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const pathOf = (file: number) => join(folder, String(file));
  const removed = (file: number) => unlink(pathOf(file)).catch(() => {});
  let last = 0;
  return {
    async write(bytes) {
      const file = ++last;
      try {
        await writeFile(pathOf(file), bytes);
      } catch (error) {
        await removed(file);
        const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'DiskFull' : 'SpoolFailed';
        throw Fault.unavailable(code, 'the file could not be kept: send it again later', error);
      }
      return file;
    },
    read: (file) => readFile(pathOf(file)),
    remove: (file) => void removed(file),
  };
};
