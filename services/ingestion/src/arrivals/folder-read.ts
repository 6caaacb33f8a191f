import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { Fault } from '@quantrac/event-sourcing';

// by file descriptor: a FileHandle costs twice as much, which shows in bursts
const open = promisify(fs.open);
const read = promisify(fs.read);
const fstat = promisify(fs.fstat);
const lstat = promisify(fs.lstat);
const close = promisify(fs.close);

/** The bytes of a file and how it looked when they were read. */
export interface ReadFile {
  readonly bytes: Buffer;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * A file that nobody else takes, though its writer may still hold it open.
 * @param look how it looked when it had rested; without it, how it looks now
 * @throws Fault `FileUnreadable`: it never can be taken as it is; `FileChanging` and `FolderUnavailable`: later it may
 */
export const readRested = async (
  file: string,
  maxBytes: number,
  look: { readonly size: number; readonly mtimeMs: number } | undefined,
): Promise<ReadFile> => {
  const descriptor = await opened(file);
  try {
    const { size, mtimeMs } = look ?? (await fstat(descriptor));
    if (size > maxBytes) throw Fault.invalid('FileUnreadable', `it is larger than ${maxBytes} bytes: split it`);
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let more = size; more > 0 && length < size; length += more)
      more = (await read(descriptor, bytes, length, size - length, null)).bytesRead;
    const after = await fstat(descriptor);
    if (length !== size || after.size !== size || after.mtimeMs !== mtimeMs)
      throw Fault.conflict('FileChanging', 'it is still being written');
    return { bytes, size, mtimeMs };
  } finally {
    await close(descriptor);
  }
};

/** Whether nothing was written to it since; its writer may have gone on after a pause that looked like the end. */
export const isAsRead = async (file: string, { size, mtimeMs }: ReadFile): Promise<boolean> => {
  const now = await lstat(file);
  return now.size === size && now.mtimeMs === mtimeMs;
};

/** Never through a link that took the file's place. */
const opened = async (file: string): Promise<number> => {
  try {
    return await open(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP')
      throw Fault.invalid('FileUnreadable', `it may not be read (${code}): let this service read it`);
    throw Fault.unavailable('FolderUnavailable', `a claimed file cannot be opened (${code}): see the disk`, error);
  }
};
