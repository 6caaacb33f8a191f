import { toEntry } from '@quantrac/contracts/cloud-event';
import type { LogRecord } from '@quantrac/event-log';
import type { Row } from '@quantrac/time-series';

/** A row with what its record's header carries beside. */
export type TracedRow = Row & { readonly traceparent?: string | undefined };

/** The records that carry rows, by topic and in their order: a row's collection is its topic's name, its value the record's. */
export function recordsOf(rows: readonly TracedRow[], source: string): Map<string, LogRecord[]> {
  const topics = new Map<string, LogRecord[]>();
  for (const row of rows) {
    const { collection, key, type, sequence, knownAt, value, traceparent } = row;
    const record = toEntry(collection, { key, type, sequence, knownAt, source, traceparent }, value);
    const list = topics.get(collection);
    if (list) list.push(record);
    else topics.set(collection, [record]);
  }
  return topics;
}
