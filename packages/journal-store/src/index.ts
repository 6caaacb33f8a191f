export { type Append, type JournalHead, JournalStore, type StoredBlock, type Taken } from './journal-store.ts';
export { cutBlock, edgeOf, rootAt } from './root-at.ts';
export { SqliteJournalStore } from './sqlite-journal-store.ts';
