import { type EventLog, SqliteEventLog } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import type { JournalStore } from './journal-store.ts';
import { SqliteJournalStore } from './sqlite-journal-store.ts';

/** The journals of the profile that a service's log belongs to: on SQLite in the same file, so that both are restored together. */
export function journalsBeside(log: EventLog): JournalStore {
  if (log instanceof SqliteEventLog) return new SqliteJournalStore(log.options.database);
  throw Fault.invalid('NoJournalStore', 'there is no journal store for this profile: use the embedded default');
}
