import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { LogRecord } from '@quantrac/event-log';
import { decodeBlock as decodeRecords } from '@quantrac/event-log/record-block';
import { OFFSETS_PER_TOPIC } from '@quantrac/event-log/sqlite-topic';
import { decodeBlock as decodeJournal, type JournalRecord } from '@quantrac/journal';
import Database from 'better-sqlite3';

/** What a service's file shows to whoever looks from outside, while the service writes. */
export interface Seen {
  /** Records of all journals. */
  journalSize(): number;
  /** Records of the first journal from this number on. */
  journalRecords(from: number): Promise<readonly JournalRecord[]>;
  /** Records that were ever appended to a topic. */
  topicSize(topic: string): number;
  /** Records of a topic from this offset on. */
  topicRecords(topic: string, from: number): readonly LogRecord[];
  close(): void;
}

interface LogBlock {
  readonly first: number;
  readonly count: number;
  readonly compressed: number;
  readonly bytes: Buffer;
}

/** Opens a service's file for reading only, a look at a time: it holds no writer up. */
export function watchStore(data: string, service: string): Seen {
  const file = new Database(join(data, `${service}.sqlite`), { readonly: true, timeout: 1000 });
  const has = (table: string) => file.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined;
  const journal = has('journals')
    ? file.prepare<[], number>('SELECT coalesce(sum(size), 0) FROM journals').pluck()
    : undefined;
  const topic = file.prepare<[string], { id: number; next: number }>('SELECT id, next FROM log_topics WHERE name = ?');
  const logBlocks = file.prepare<[number, number, number, number], LogBlock>(
    'SELECT id - ? AS first, count, compressed, bytes FROM log_blocks WHERE id BETWEEN ? AND ? AND id + count > ? ORDER BY id',
  );
  return {
    journalSize: () => journal?.get() ?? 0,
    async journalRecords(from) {
      const blocks = file.prepare<[], Buffer>('SELECT block FROM journal_blocks ORDER BY id').pluck().all();
      const records = await Promise.all(blocks.map(decodeJournal));
      return records.flat().filter(({ leaf }) => leaf.number >= from);
    },
    topicSize: (name) => topic.get(name)?.next ?? 0,
    topicRecords(name, from) {
      const found = topic.get(name);
      if (!found) return [];
      const base = found.id * OFFSETS_PER_TOPIC;
      return logBlocks
        .all(base, base, base + found.next, base + from)
        .flatMap(({ first, count, compressed, bytes }) => {
          const skip = Math.max(0, from - first);
          return decodeRecords(compressed ? zstdDecompressSync(bytes) : bytes, skip, count - skip);
        });
    },
    close: () => file.close(),
  };
}
