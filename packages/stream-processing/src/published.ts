import { toEntry } from '@quantrac/contracts/cloud-event';
import type { LogRecord } from '@quantrac/event-log';
import type { Row } from '@quantrac/time-series';

/** The records that carry rows, by topic and in their order: a row's collection is its topic's name, its value the record's. */
export function recordsOf(rows: readonly Row[], source: string): Map<string, LogRecord[]> {
  const topics = new Map<string, LogRecord[]>();
  for (const row of rows) {
    const { collection, key, type, sequence, knownAt, value } = row;
    const record = toEntry(collection, { key, type, sequence, knownAt, source }, value);
    const list = topics.get(collection);
    if (list) list.push(record);
    else topics.set(collection, [record]);
  }
  return topics;
}
