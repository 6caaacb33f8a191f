import type { Connection } from '@quantrac/sqlite';

/** A block's row id is its topic in the high bits and its first offset in the low ones: one B-tree, appended at its right edges. */
export const OFFSETS_PER_TOPIC = 2 ** 42;

export interface TopicRow {
  readonly id: number;
  /** The offset of the first kept record. */
  readonly first: number;
  /** The offset that the next record gets. */
  readonly next: number;
  /** When records were last deleted, ms. */
  readonly retained_at: number;
}

export const topicFinder = (connection: Connection) => {
  const find = connection.prepare<[string], TopicRow>(
    'SELECT id, first, next, retained_at FROM log_topics WHERE name = ?',
  );
  return (topic: string): TopicRow | undefined => find.get(topic);
};
