export { type Commit, EventStore, type ReadStream, type StreamEvent } from './event-store.ts';
export { SqliteEventStore } from './sqlite-event-store.ts';
