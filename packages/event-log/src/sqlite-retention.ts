import type { Connection } from '@quantrac/sqlite';
import { OFFSETS_PER_TOPIC, type TopicRow, topicFinder } from './sqlite-topic.ts';

const DAY_MS = 86_400_000;
/** An hour, less what a timer of an hour may come early. */
const REST_MS = 3_540_000;

export interface RetainArgument {
  readonly topic: string;
  readonly retentionDays: number;
  readonly now: number;
}

interface Age {
  readonly id: number;
  readonly count: number;
  readonly appended_at: number;
}

/**
 * Deletes from the front what is older than the topic's retention, a day's records an hour at most: a clock that jumps
 * cannot empty the log. How many records went.
 */
export function retention(connection: Connection): (argument: RetainArgument) => number {
  const find = topicFinder(connection);
  const ages = connection.prepare<[number, number], Age>(
    'SELECT id, count, appended_at FROM log_blocks WHERE id BETWEEN ? AND ? ORDER BY id',
  );
  const remove = connection.prepare('DELETE FROM log_blocks WHERE id BETWEEN ? AND ?');
  const move = connection.prepare('UPDATE log_topics SET first = ?, retained_at = ? WHERE id = ?');

  /** The offset behind what may go. */
  const behindExpired = (row: TopicRow, now: number, expiry: number): number => {
    const base = row.id * OFFSETS_PER_TOPIC;
    let first = row.first;
    let day: number | undefined;
    for (const { id, count, appended_at } of ages.iterate(base + row.first, base + row.next)) {
      // Stamped by a clock that was ahead: it goes with the next that has expired.
      if (appended_at > now) continue;
      day ??= appended_at;
      if (appended_at >= expiry || Math.abs(appended_at - day) >= DAY_MS) break;
      first = id - base + count;
    }
    return first;
  };

  return ({ topic, retentionDays, now }) => {
    const row = find(topic);
    if (!row || Math.abs(now - row.retained_at) < REST_MS) return 0;
    const first = behindExpired(row, now, now - retentionDays * DAY_MS);
    if (first === row.first) return 0;
    const base = row.id * OFFSETS_PER_TOPIC;
    remove.run(base, base + first - 1);
    move.run(first, now, row.id);
    return first - row.first;
  };
}
