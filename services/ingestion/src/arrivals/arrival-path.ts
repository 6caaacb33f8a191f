import { posix } from 'node:path';
import { Fault } from '@quantrac/event-sourcing';

const maxPathBytes = 1024;
const maxNameBytes = 255;

/**
 * The path that a sender means, seen from a virtual root: relative, forward slashes, `..` never leaves the root.
 * The root itself is the empty string.
 * @param sent as it came; a backslash separates folders as well, loggers on Windows write it
 * @param folder the current folder, as answered by this function
 * @throws Fault `PathUnusable` for a control character and for what is too long to be a path anywhere
 */
export const virtualPath = (sent: string, folder = ''): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(sent)) throw unusable(sent, 'holds a control character', 'rename the file');
  const slashed = sent.replaceAll('\\', '/');
  const path = posix.join('/', slashed.startsWith('/') ? '' : folder, slashed).replace(/^\/|\/$/g, '');
  if (Buffer.byteLength(path) > maxPathBytes || path.split('/').some((name) => Buffer.byteLength(name) > maxNameBytes))
    throw unusable(sent, 'is too long', `use at most ${maxNameBytes} bytes a name and ${maxPathBytes} a path`);
  return path;
};

/** As `virtualPath`, of a file: a path that names the root or ends like a folder is a Fault too. */
export const virtualFilePath = (sent: string, folder = ''): string => {
  const path = virtualPath(sent, folder);
  if (path === '' || /[\\/]\.{0,2}$/.test(sent) || sent === '.' || sent === '..')
    throw unusable(sent, 'names no file', 'end the path with the name of the file');
  return path;
};

/** A name that its sender renames when the file is complete: never read before that. */
export const isUnfinished = (path: string): boolean => /\.(tmp|temp|part|partial|filepart)$/i.test(path);

const unusable = (sent: string, what: string, advice: string): Fault =>
  Fault.invalid('PathUnusable', `the path ${shown(sent)} ${what}: ${advice}`);

/** Escaped and cut, so that a hostile name cannot fill a log or forge a line of it. */
const shown = (sent: string): string => JSON.stringify(sent.length > 80 ? `${sent.slice(0, 80)}…` : sent);
