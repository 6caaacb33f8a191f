import { statSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { type Connection, openConnection } from '@quantrac/sqlite';
import { OFFSETS_PER_TOPIC, type TopicRow, topicFinder } from './sqlite-topic.ts';

export interface ReadArgument {
  /** The producer's file; undefined: this one. */
  readonly file: string | undefined;
  readonly topic: string;
  /** `<log id>:<epoch>:<offset>`, or undefined for the first kept record. */
  readonly from: string | undefined;
  readonly maxRecords: number;
}

export interface ReadBlock {
  /** The offset of the block's first record. */
  readonly first: number;
  /** Of its records, those to leave out at its beginning, and how many to take from there. */
  readonly skip: number;
  readonly take: number;
  readonly appendedAt: number;
  readonly bytes: Uint8Array;
}

export interface ReadResult {
  /** What a mark of this log begins with. */
  readonly log: string;
  /** The offset behind the last record. */
  readonly next: number;
  readonly blocks: readonly ReadBlock[];
  readonly transfer: readonly Uint8Array[];
}

/** Topics that are read one after the other until so many records have been found. */
export interface ReadManyArgument {
  readonly asked: readonly Omit<ReadArgument, 'maxRecords'>[];
  readonly maxRecords: number;
}

export interface ReadManyResult {
  /** `lost`: the position cannot be served; undefined: there is no log, or enough was found before. */
  readonly read: readonly (ReadResult | 'lost' | undefined)[];
  readonly transfer: readonly Uint8Array[];
}

export interface Reader {
  readonly blocks: (argument: ReadArgument) => ReadResult;
  /** The mark behind the newest record. */
  readonly end: (topic: string) => string;
}

/** A batch ends early when it has become so large. */
const MAX_BATCH_BYTES = 16_000_000;

interface BlockRow {
  readonly id: number;
  readonly count: number;
  readonly appended_at: number;
  readonly compressed: number;
  readonly bytes: Buffer;
}

export function readMany(
  { asked, maxRecords }: ReadManyArgument,
  readerOf: (file: string | undefined) => Reader | undefined,
): ReadManyResult {
  let left = maxRecords;
  const read = asked.map((one) => {
    if (left <= 0) return undefined;
    try {
      const found = readerOf(one.file)?.blocks({ ...one, maxRecords: left });
      for (const { take } of found?.blocks ?? []) left -= take;
      return found;
    } catch (error) {
      if (isFault(error, 'PositionLost')) return 'lost';
      throw error;
    }
  });
  return { read, transfer: read.flatMap((one) => (typeof one === 'object' ? one.transfer : [])) };
}

/** Readers of this log and, read only, of other services' files; undefined until that service has made its log. */
export function readers(connection: Connection): (file: string | undefined) => Reader | undefined {
  const here = readerOf(connection);
  const others = new Map<string, { inode: number; connection: Connection; reader: Reader }>();
  return (file) => {
    if (file === undefined) return here;
    const inode = statSync(file, { throwIfNoEntry: false })?.ino;
    const known = others.get(file);
    if (known?.inode === inode) return known?.reader;
    known?.connection.close();
    others.delete(file);
    const opened = inode === undefined ? undefined : openMadeLog(file);
    if (!opened) return undefined;
    const reader = readerOf(opened);
    others.set(file, { inode: inode!, connection: opened, reader });
    return reader;
  };
}

function openMadeLog(file: string): Connection | undefined {
  const connection = openConnection(file, { readOnly: true });
  const made = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'log_leases'").get();
  if (made) return connection;
  connection.close();
  return undefined;
}

function readerOf(connection: Connection): Reader {
  const log = connection.prepare<[], { id: string; epoch: number }>('SELECT id, epoch FROM log');
  const find = topicFinder(connection);
  const holding = connection.prepare<[number, number], { id: number }>(
    'SELECT id FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1',
  );
  const blocks = connection.prepare<[number, number], BlockRow>(
    'SELECT id, count, appended_at, compressed, bytes FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id',
  );
  const startOf = starter(connection);

  const take = (row: TopicRow, offset: number, maxRecords: number): ReadBlock[] => {
    const base = row.id * OFFSETS_PER_TOPIC;
    const start = holding.get(base, base + offset)?.id ?? base + offset;
    const taken: ReadBlock[] = [];
    let left = maxRecords;
    let size = 0;
    for (const block of blocks.iterate(start, base + row.next)) {
      const first = block.id - base;
      const skip = Math.max(0, offset - first);
      if (skip >= block.count) continue;
      const bytes = own(block.compressed ? zstdDecompressSync(block.bytes) : block.bytes);
      const take = Math.min(left, block.count - skip);
      taken.push({ first, skip, take, appendedAt: block.appended_at, bytes });
      left -= take;
      size += bytes.length;
      if (left === 0 || size >= MAX_BATCH_BYTES) break;
    }
    return taken;
  };

  return {
    blocks: connection.transaction(({ topic, from, maxRecords }: ReadArgument): ReadResult => {
      const { id, epoch } = log.get()!;
      const row = find(topic);
      const offset = from === undefined ? (row?.first ?? 0) : startOf(topic, row, { id, epoch }, from);
      const found = row && offset < row.next ? take(row, offset, maxRecords) : [];
      const last = found.at(-1);
      const next = last ? last.first + last.skip + last.take : offset;
      return { log: `${id}:${epoch}`, next, blocks: found, transfer: found.map(({ bytes }) => bytes) };
    }),
    end: (topic) => {
      const { id, epoch } = log.get()!;
      return `${id}:${epoch}:${find(topic)?.next ?? 0}`;
    },
  };
}

/** The offset of a mark that can still be served; else the Fault `PositionLost`. */
function starter(connection: Connection) {
  const restoredTo = connection
    .prepare<[number, number], number>('SELECT min(first) FROM log_epochs WHERE topic = +? AND epoch > ?')
    .pluck();
  return (topic: string, row: TopicRow | undefined, log: { id: string; epoch: number }, from: string): number => {
    const [, id, epochText, offsetText] = /^(.+):(\d+):(\d+)$/.exec(from) ?? [];
    const [epoch, offset] = [Number(epochText), Number(offsetText)];
    const lost = (why: string) =>
      Fault.rejected('PositionLost', `${topic}: the position ${from} ${why}: read History, then follow from the end`);
    if (id !== log.id) throw lost('belongs to another log');
    const restored = 'lies beyond the copy that the log was restored from';
    if (epoch < log.epoch && offset > ((row && restoredTo.get(row.id, epoch)) ?? 0)) throw lost(restored);
    if (epoch > log.epoch || offset > (row?.next ?? 0)) throw lost(restored);
    if (offset < (row?.first ?? 0)) throw lost('is older than the first kept record');
    return offset;
  };
}

/** Bytes that own their whole buffer, so that they can be moved to the other thread. */
const own = (bytes: Buffer): Uint8Array =>
  bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
