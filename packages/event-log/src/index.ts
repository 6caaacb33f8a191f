export {
  type Batch,
  EventLog,
  type Lag,
  type LogRecord,
  type Positions,
  type ReceivedRecord,
  type SubscribeOptions,
  type Subscription,
  type Topic,
} from './event-log.ts';
export { murmur2, partitionOf } from './partition.ts';
export { blockOf, SqliteEventLog } from './sqlite-event-log.ts';
export type { SqliteLogOptions } from './sqlite-log-options.ts';
export { LEASE_MS } from './sqlite-membership.ts';
