import { Fault } from '@quantrac/event-sourcing';
import type { LogRecord } from './event-log.ts';

/**
 * Records that are appended together, as one run of bytes:
 * count u32, headers (JSON, u16 length), then for each record key and values of its own headers (u16 length, UTF-8) and the value (u32 length).
 * A header that all records have alike stands once, in the beginning. One that a record lacks has length 0xffff.
 */
const ABSENT = 0xffff;

interface Headers {
  /** Alike in all records. */
  readonly common: Readonly<Record<string, string>>;
  /** Names of the others. */
  readonly own: readonly string[];
}

export function encodeBlock(records: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  const head = headersOf(records);
  const { own } = head;
  const headText = JSON.stringify(head);
  let capacity = 16 + headText.length * 3;
  for (const { key, headers, value } of records) {
    capacity += 8 + key.length * 3 + value.length;
    for (const name of own) capacity += 2 + (headers[name]?.length ?? 0) * 3;
  }
  const bytes = Buffer.from(new ArrayBuffer(capacity));
  let at = bytes.writeUInt32LE(records.length, 0);
  at = writeText(bytes, at, headText);
  for (const { key, headers, value } of records) {
    at = writeText(bytes, at, key);
    for (const name of own) {
      const text = headers[name];
      at = text === undefined ? bytes.writeUInt16LE(ABSENT, at) : writeText(bytes, at, text);
    }
    at = bytes.writeUInt32LE(value.length, at);
    bytes.set(value, at);
    at += value.length;
  }
  return new Uint8Array(bytes.buffer as ArrayBuffer, 0, at);
}

function headersOf(records: readonly LogRecord[]): Headers {
  const names = new Set<string>();
  for (const { headers } of records) for (const name in headers) names.add(name);
  const common: Record<string, string> = {};
  const own: string[] = [];
  for (const name of names) {
    const text = records[0]!.headers[name];
    if (text !== undefined && records.every(({ headers }) => headers[name] === text)) common[name] = text;
    else own.push(name);
  }
  return { common, own };
}

function writeText(bytes: Buffer, at: number, text: string): number {
  const length = bytes.write(text, at + 2);
  if (length >= ABSENT)
    throw Fault.invalid(
      'RecordTooLong',
      `a key or header of ${length} bytes is too long for a record: put it in the value`,
    );
  bytes.writeUInt16LE(length, at);
  return at + 2 + length;
}

/** `take` of the block's records from index `skip` on, in order; values are views into the block. */
export function decodeBlock(block: Uint8Array, skip: number, take: number): LogRecord[] {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  let at = 4;
  const text = (): string | undefined => {
    const length = bytes.readUInt16LE(at);
    at += 2;
    if (length === ABSENT) return undefined;
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const { common, own } = JSON.parse(text()!) as Headers;
  const records: LogRecord[] = [];
  for (let index = 0; index < skip + take; index++) {
    if (index < skip) {
      at = skipRecord(bytes, at, own.length);
      continue;
    }
    const key = text()!;
    const headers: Record<string, string> = { ...common };
    for (const name of own) {
      const value = text();
      if (value !== undefined) headers[name] = value;
    }
    const length = bytes.readUInt32LE(at);
    at += 4;
    records.push({ key, headers, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return records;
}

function skipRecord(bytes: Buffer, from: number, headers: number): number {
  let at = from;
  for (let text = 0; text <= headers; text++) {
    const length = bytes.readUInt16LE(at);
    at += 2 + (length === ABSENT ? 0 : length);
  }
  return at + 4 + bytes.readUInt32LE(at);
}
