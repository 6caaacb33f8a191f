import { Fault } from '@quantrac/event-sourcing';

/** One file of a request, or why it is none. */
export type SentFile =
  | { readonly path: string; readonly bytes: Buffer }
  | { readonly path: string; readonly unreadable: string };

/**
 * Reads `{"files": [{"path": "...", "text": "..."} or {"path": "...", "base64": "..."}]}`.
 * @throws Fault `BatchUnreadable` where there is no list of files; one bad file costs the others nothing
 */
export const readBatch = (body: unknown, limits: { maxFiles: number; maxFileBytes: number }): readonly SentFile[] => {
  const files = isRecord(body) ? body.files : undefined;
  if (!Array.isArray(files))
    throw Fault.invalid('BatchUnreadable', 'the body has no list "files": send {"files": [{"path", "text"}]}');
  if (files.length > limits.maxFiles)
    throw Fault.invalid('BatchUnreadable', `the request has more than ${limits.maxFiles} files: send it in parts`);
  return files.map((file) => readFile(file, limits.maxFileBytes));
};

const readFile = (file: unknown, maxFileBytes: number): SentFile => {
  if (!isRecord(file) || typeof file.path !== 'string') return { path: '', unreadable: 'it has no "path": name it' };
  const { path, text, base64 } = file;
  const bytes = bytesOf(text, base64);
  if (bytes === undefined) return { path, unreadable: 'send its bytes either as "text" or as "base64", well formed' };
  if (bytes.length > maxFileBytes) return { path, unreadable: `it is larger than ${maxFileBytes} bytes: split it` };
  return { path, bytes };
};

const bytesOf = (text: unknown, base64: unknown): Buffer | undefined => {
  if (typeof text === 'string' && base64 === undefined) return Buffer.from(text, 'utf8');
  if (typeof base64 !== 'string' || text !== undefined) return undefined;
  // Buffer skips what is no base64, and so would change the bytes in silence
  const wellFormed = base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return wellFormed ? Buffer.from(base64, 'base64') : undefined;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
