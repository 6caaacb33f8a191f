import { justBefore } from '@quantrac/contracts';
import type { LogRecord, Topic } from '@quantrac/event-log';
import { type HistoryOptions, historyOf } from './history.ts';

/** Whether a record that a topic of the service holds is in its own stores, by id and bytes: History would give it. */
export async function isKnown({ name }: Topic, { key, headers, value }: LogRecord, options: HistoryOptions) {
  for await (const records of historyOf(name, key, options, justBefore(headers.ce_sequence ?? '')))
    for (const record of records)
      if (record.headers.ce_id === headers.ce_id) return Buffer.compare(record.value, value) === 0;
  return false;
}
