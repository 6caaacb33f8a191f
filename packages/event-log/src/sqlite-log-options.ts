import type { Database } from '@quantrac/sqlite';

export interface SqliteLogOptions {
  readonly database: Database;
  /** The service whose file `database` is: the topics it produces live there. */
  readonly service: string;
  /** The file of another service, opened read-only. */
  readonly fileOf: (service: string) => string;
  readonly clock?: (() => number) | undefined;
  /** How long a member of a group that does not renew still holds the group's partitions; 10 s unless said, the same for all members. */
  readonly leaseMs?: number | undefined;
}
