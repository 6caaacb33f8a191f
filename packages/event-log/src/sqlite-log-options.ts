import type { Database } from '@quantrac/sqlite';

export interface SqliteLogOptions {
  readonly database: Database;
  /** The service whose file `database` is: the topics it produces live there. */
  readonly service: string;
  /** The file of another service, opened read-only. */
  readonly fileOf: (service: string) => string;
  /** Names this instance of the service, the same after each start: it takes up the leases that its killed process held. Undefined: nobody's. */
  readonly instance?: string | undefined;
  readonly clock?: (() => number) | undefined;
  /** How long a member of a group that does not renew still holds the group's partitions; 10 s unless said, the same for all members. */
  readonly leaseMs?: number | undefined;
}
