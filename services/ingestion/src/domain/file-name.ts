import { Fault } from '@quantrac/event-sourcing';
import { normaliseSymbol, parseLocalStamp } from '@quantrac/regulations';

/** What `TenTinh_TenCoso_TenTram_yyyyMMddHHmmss.txt` says (Phụ lục 15 TT 10/2021); field names have other parts too. */
export interface FileName {
  /** All before the time, without the underscore between; the whole stem where the name carries no time. */
  readonly prefix: string;
  /** The name has the form of a station's files: something before 14 digits. */
  readonly stamped: boolean;
  /** ms UTC; undefined where the last part is not a local time that exists. */
  readonly time: number | undefined;
}

const MOST_NAME_BYTES = 255;
const MOST_PATH_BYTES = 1024;
const textEnding = /\.txt$/i;
const stampedStem = /^(?:(.*)_)?(\d{14})$/su;

/**
 * Takes a name apart: the prefix in NFC, as sent in case.
 * Faults `invalid`: `FileNameEmpty`, `FileNameTooLong` (255 bytes of UTF-8), `FileNameUnsafe` (a separator, `..`, NUL
 * or another control character).
 */
export function parseFileName(name: string): FileName {
  refuseUnsafeSegment(name);
  if (/[/\\]/.test(name)) throw unsafe('a name holds no "/" or "\\": send the folder apart from the name');
  const stem = name.normalize('NFC').replace(textEnding, '');
  const [, prefix = '', stamp] = stampedStem.exec(stem) ?? [];
  if (stamp === undefined) return { prefix: stem, stamped: false, time: undefined };
  return { prefix, stamped: prefix !== '', time: parseLocalStamp(stamp) };
}

/** A name or a path as it is compared: in NFC without case, with or without the ending of a text. */
export const comparedName = (name: string): string => normaliseSymbol(name.replace(textEnding, ''));

/**
 * The path as segments joined by `/`, with nothing in it that could lead out of the folder it is taken under.
 * Faults `invalid` as `parseFileName`, and `PathAbsolute`, `PathTooLong` (1,024 bytes).
 */
export function safeRelativePath(path: string): string {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES)
    throw Fault.invalid('PathTooLong', `the path is longer than ${MOST_PATH_BYTES} bytes: use shorter folder names`);
  const slashed = path.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[a-z]:/i.test(slashed))
    throw Fault.invalid('PathAbsolute', 'the path is absolute: send it relative to the folder of the account');
  const segments = slashed.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) throw Fault.invalid('FileNameEmpty', 'the path names no file: send its name');
  for (const segment of segments) refuseUnsafeSegment(segment);
  return segments.join('/');
}

function refuseUnsafeSegment(segment: string): void {
  if (segment === '') throw Fault.invalid('FileNameEmpty', 'the file has no name: send one');
  if (Buffer.byteLength(segment) > MOST_NAME_BYTES)
    throw Fault.invalid('FileNameTooLong', `a name is longer than ${MOST_NAME_BYTES} bytes: use a shorter one`);
  if (/^\.{1,2}$/.test(segment)) throw unsafe('"." and ".." are no names: send the path without them');
  if (/\p{Cc}/u.test(segment)) throw unsafe('a name holds NUL or another control character: use letters and digits');
}

const unsafe = (message: string): Fault => Fault.invalid('FileNameUnsafe', message);
