import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Fault } from '@quantrac/event-sourcing';
import { type Connection, openConnection, type Part, read, write } from '@quantrac/sqlite';

/** Records of one publish, in order; the block's records stand at offsets first, first + 1, ... of the topic. */
export interface AppendArgument {
  readonly topic: string;
  readonly partitions: number;
  readonly count: number;
  readonly block: Uint8Array;
  readonly now: number;
}

export interface ReadArgument {
  /** The producer's file; undefined: this one. */
  readonly file: string | undefined;
  readonly topic: string;
  /** `<log id>:<offset>`, or undefined for the first kept record. */
  readonly from: string | undefined;
  readonly maxRecords: number;
}

export interface ReadBlock {
  readonly first: number;
  readonly skip: number;
  readonly count: number;
  readonly appendedAt: number;
  readonly bytes: Uint8Array;
}

export type ReadResult =
  | { readonly logId: string; readonly next: number; readonly blocks: readonly ReadBlock[]; transfer: Uint8Array[] }
  | undefined;

/** A block's row id is its topic in the high bits and its first offset in the low ones: one B-tree, appended at its right edges. */
const OFFSETS_PER_TOPIC = 2 ** 42;
const COMPRESS_FROM_BYTES = 512;
const DAY_MS = 86_400_000;

const schema = `
  CREATE TABLE IF NOT EXISTS log (id TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS log_topics (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_blocks (
    id INTEGER PRIMARY KEY, count INTEGER NOT NULL, appended_at INTEGER NOT NULL, compressed INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
`;

interface TopicRow {
  readonly id: number;
  readonly partitions: number;
  readonly first: number;
  readonly next: number;
}

/** Appends a block; called inside the transaction of whoever publishes. */
export type Append = (argument: AppendArgument) => void;

export function appender(connection: Connection): Append {
  const find = connection.prepare<[string], TopicRow>(
    'SELECT id, partitions, first, next FROM log_topics WHERE name = ?',
  );
  const declare = connection.prepare('INSERT INTO log_topics (name, partitions) VALUES (?, ?)');
  const insert = connection.prepare(
    'INSERT INTO log_blocks (id, count, appended_at, compressed, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const advance = connection.prepare('UPDATE log_topics SET next = next + ? WHERE id = ?');
  return ({ topic, partitions, count, block, now }) => {
    if (!find.get(topic)) declare.run(topic, partitions);
    const { id, next, partitions: declared } = find.get(topic)!;
    if (declared !== partitions)
      throw Fault.invalid(
        'TopicChanged',
        `${topic} has ${declared} partitions, not ${partitions}: publish a new version of it`,
      );
    const compressed = block.length >= COMPRESS_FROM_BYTES;
    const bytes = compressed ? zstdCompressSync(block, fastest) : block;
    insert.run(id * OFFSETS_PER_TOPIC + next, count, now, compressed ? 1 : 0, bytes);
    advance.run(count, id);
  };
}

const fastest = { params: { 100: 1 } };

function reader(connection: Connection) {
  const log = connection.prepare<[], { id: string }>('SELECT id FROM log');
  const find = connection.prepare<[string], TopicRow>(
    'SELECT id, partitions, first, next FROM log_topics WHERE name = ?',
  );
  const holding = connection.prepare<[number, number], { id: number }>(
    'SELECT id FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1',
  );
  const blocks = connection.prepare<
    [number, number],
    { id: number; count: number; appended_at: number; compressed: number; bytes: Buffer }
  >('SELECT id, count, appended_at, compressed, bytes FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id');
  const endOf = (topic: string) => `${log.get()!.id}:${find.get(topic)?.next ?? 0}`;
  const blocksOf = connection.transaction(({ topic, from, maxRecords }: ReadArgument): ReadResult => {
    const logId = log.get()!.id;
    const row = find.get(topic);
    const offset = startOffset(topic, logId, row, from);
    const found: ReadBlock[] = [];
    let next = offset;
    if (row && offset < row.next) {
      const base = row.id * OFFSETS_PER_TOPIC;
      const start = holding.get(base, base + offset)?.id ?? base + offset;
      for (const block of blocks.iterate(start, base + row.next)) {
        const first = block.id - base;
        const skip = Math.max(0, offset - first);
        if (skip >= block.count) continue;
        const bytes = own(block.compressed ? zstdDecompressSync(block.bytes) : block.bytes);
        found.push({ first, skip, count: block.count, appendedAt: block.appended_at, bytes });
        next = first + block.count;
        if (next - offset >= maxRecords) break;
      }
    }
    return { logId, next, blocks: found, transfer: found.map(({ bytes }) => bytes) };
  });
  return { blocks: blocksOf, end: endOf };
}

/** Bytes that own their whole buffer, so that they can be moved to the other thread. */
const own = (bytes: Buffer): Uint8Array =>
  bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);

function startOffset(topic: string, logId: string, row: TopicRow | undefined, from: string | undefined): number {
  if (from === undefined) return row?.first ?? 0;
  const colon = from.lastIndexOf(':');
  const offset = Number(from.slice(colon + 1));
  const lost = (why: string) =>
    Fault.rejected('PositionLost', `${topic}: the position ${from} ${why}: read History, then follow from the end`);
  if (from.slice(0, colon) !== logId) throw lost('belongs to another log');
  if (offset < (row?.first ?? 0)) throw lost('is older than the first kept record');
  if (offset > (row?.next ?? 0)) throw lost('is beyond the end: the log was restored to an earlier copy');
  return offset;
}

function retention(connection: Connection) {
  const find = connection.prepare<[string], TopicRow>(
    'SELECT id, partitions, first, next FROM log_topics WHERE name = ?',
  );
  const oldest = connection.prepare<[number, number], { id: number; count: number; appended_at: number }>(
    'SELECT id, count, appended_at FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id',
  );
  const remove = connection.prepare('DELETE FROM log_blocks WHERE id BETWEEN ? AND ?');
  const move = connection.prepare('UPDATE log_topics SET first = ? WHERE id = ?');
  /** Deletes what is older than `retentionDays`, a day's records at most: a clock that jumps cannot empty the log. */
  return ({ topic, retentionDays, now }: { topic: string; retentionDays: number; now: number }): number => {
    const row = find.get(topic);
    if (!row) return 0;
    const base = row.id * OFFSETS_PER_TOPIC;
    let first = row.first;
    let dayEnd: number | undefined;
    for (const block of oldest.iterate(base + row.first, base + row.next)) {
      dayEnd ??= block.appended_at + DAY_MS;
      if (block.appended_at >= now - retentionDays * DAY_MS || block.appended_at >= dayEnd) break;
      first = block.id - base + block.count;
    }
    if (first === row.first) return 0;
    remove.run(base, base + first - 1);
    move.run(first, row.id);
    return first - row.first;
  };
}

function leases(connection: Connection) {
  const take = connection.prepare<[string, string, number, number], { holder: string }>(
    `INSERT INTO log_leases (name, holder, until) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE holder = excluded.holder OR until < ? RETURNING holder`,
  );
  const release = connection.prepare('DELETE FROM log_leases WHERE name = ? AND holder = ?');
  return {
    take: ({ name, holder, now, forMs }: { name: string; holder: string; now: number; forMs: number }) =>
      take.get(name, holder, now + forMs, now) !== undefined,
    release: ({ name, holder }: { name: string; holder: string }) => void release.run(name, holder),
  };
}

export const part: Part = {
  name: 'event-log',
  open(connection) {
    connection.exec(schema);
    connection.prepare('INSERT INTO log (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM log)').run(randomUUID());
    const here = reader(connection);
    const { take, release } = leases(connection);
    const others = new Map<string, ReturnType<typeof reader>>();
    const readerOf = (file: string) => {
      const known = others.get(file);
      if (known) return known;
      if (!existsSync(file)) return undefined;
      const opened = openedLog(file);
      if (opened) others.set(file, opened);
      return opened;
    };
    return {
      id: read((_: null) => connection.prepare<[], { id: string }>('SELECT id FROM log').get()!.id),
      append: write(appender(connection)),
      read: read((argument: ReadArgument) =>
        argument.file ? readerOf(argument.file)?.blocks(argument) : here.blocks(argument),
      ),
      end: read(({ file, topic }: { file: string | undefined; topic: string }) =>
        (file ? readerOf(file) : here)?.end(topic),
      ),
      retain: write(retention(connection)),
      takeLease: write(take),
      releaseLease: write(release),
    };
  },
};

/** Another service's log, read only; undefined until that service has made it. */
function openedLog(file: string): ReturnType<typeof reader> | undefined {
  const connection = openConnection(file, { readOnly: true });
  const made = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'log_leases'").get();
  if (made) return reader(connection);
  connection.close();
  return undefined;
}
