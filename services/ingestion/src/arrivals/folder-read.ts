import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { Fault } from '@quantrac/event-sourcing';

/** How a file looks; another look is another content. */
export interface Look {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Undefined: it is gone, or no file, or not to be asked for. Links are not followed. */
export const lookAt = (file: string): Look | undefined => {
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat?.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
};

export const looksLike = (now: Look | undefined, before: Look | undefined): boolean =>
  now !== undefined && now.size === before?.size && now.mtimeMs === before.mtimeMs;

/**
 * Fills `bytes` with a file that nobody else takes, though its writer may still hold it open.
 * @param look how it looked when it had rested, as many bytes as there are
 * @throws Fault `FileUnreadable`: it never can be taken as it is; `FileChanging` and `FolderUnavailable`: later it may
 */
export const readRested = (file: string, look: Look, bytes: Uint8Array): void => {
  const descriptor = opened(file);
  try {
    let length = 0;
    for (let more = look.size; more > 0 && length < look.size; length += more)
      more = readSync(descriptor, bytes, length, look.size - length, null);
    if (length !== look.size || !looksLike(fstatSync(descriptor), look))
      throw Fault.conflict('FileChanging', 'it is still being written');
  } finally {
    closeSync(descriptor);
  }
};

/** Never through a link that took the file's place. */
const opened = (file: string): number => {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP')
      throw Fault.invalid('FileUnreadable', `it may not be read (${code}): let this service read it`);
    throw Fault.unavailable('FolderUnavailable', `a claimed file cannot be opened (${code}): see the disk`, error);
  }
};
