import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What a service's file shows to whoever looks from outside, while the service writes. */
export interface Seen {
  /** Records of all journals. */
  journalSize(): number;
  /** Records that were ever appended to a topic. */
  topicSize(topic: string): number;
  close(): void;
}

/** Opens a service's file for reading only, a look at a time: it holds no writer up. */
export function watchStore(data: string, service: string): Seen {
  const file = new Database(join(data, `${service}.sqlite`), { readonly: true, timeout: 1000 });
  const has = (table: string) => file.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined;
  const journal = has('journals')
    ? file.prepare<[], number>('SELECT coalesce(sum(size), 0) FROM journals').pluck()
    : undefined;
  const topic = file.prepare<[string], number>('SELECT next FROM log_topics WHERE name = ?').pluck();
  return {
    journalSize: () => journal?.get() ?? 0,
    topicSize: (name) => topic.get(name) ?? 0,
    close: () => file.close(),
  };
}
