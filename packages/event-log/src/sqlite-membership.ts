import type { SubscribeOptions } from './event-log.ts';
import type { Asked, Holding, Membership } from './group-reader.ts';
import { witnessOf } from './log-witness.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import type { SqliteLogOptions } from './sqlite-log-options.ts';
import type { LeaseArgument } from './sqlite-part.ts';
import { onWrite } from './wakes.ts';

/** A holder that does not renew for this long has lost the group's partitions to the next member. */
export const LEASE_MS = 10_000;

/** A member holds all partitions while its lease lives; a topic is one part. */
export class SqliteMembership implements Membership {
  readonly #log: Pick<SqliteEventLog, 'readMany'>;
  readonly #place: SqliteLogOptions;
  readonly #group: string;
  readonly #member: string;
  readonly #parts: Holding['parts'];
  readonly #leaseMs: number;
  readonly #stops: (() => void)[];
  /** The number of our holding; undefined while another member holds. */
  #term: number | undefined;
  #leaseEnds = 0;
  #holding: (Holding & { readonly term: number }) | undefined;
  #wake: () => void = () => {};
  #woken = false;
  #leaving = false;

  constructor(
    log: Pick<SqliteEventLog, 'readMany'>,
    place: SqliteLogOptions,
    { group, topics }: SubscribeOptions,
    member: string,
  ) {
    this.#log = log;
    this.#place = place;
    this.#group = group;
    this.#member = member;
    this.#parts = topics.map((topic) => ({ name: topic.name, topic }));
    this.#leaseMs = place.leaseMs ?? LEASE_MS;
    const { service, fileOf, database } = place;
    this.#stops = [...new Set(topics.map((topic) => topic.producer))].map((producer) => {
      const file = producer === service ? database.path : fileOf(producer);
      return onWrite(witnessOf(file), () => this.#wakeUp());
    });
    const renewing = setInterval(() => void this.#renew().catch(() => undefined), this.#leaseMs / 4);
    this.#stops.push(() => clearInterval(renewing));
  }

  isActive = () => this.#term !== undefined;

  async held(): Promise<Holding> {
    if (this.#term === undefined || performance.now() > this.#leaseEnds) await this.#renew();
    if (this.#term === undefined) return { parts: [] };
    if (this.#holding?.term !== this.#term) this.#holding = { term: this.#term, parts: this.#parts };
    return this.#holding;
  }

  readMany(asked: readonly Asked[], maxRecords: number) {
    return this.#log.readMany(
      asked.map(({ part, from }) => ({ topic: part.topic, from })),
      maxRecords,
    );
  }

  /** What was written since the last rest ends it at once. */
  async rest(ms: number, despite?: 'whatever is written'): Promise<void> {
    if (this.#leaving || (this.#woken && !despite)) {
      this.#woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (despite && !this.#leaving) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
    this.#woken = false;
  }

  wake(): void {
    this.#leaving = true;
    this.#wakeUp();
  }

  async leave(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    if (this.#term !== undefined) await this.#lease('releaseLease').catch(() => undefined);
    this.#term = undefined;
  }

  async #renew(): Promise<void> {
    const asked = performance.now();
    this.#term = await this.#lease<number | undefined>('takeLease');
    this.#leaseEnds = asked + this.#leaseMs;
  }

  #lease<R>(operation: 'takeLease' | 'releaseLease'): Promise<R> {
    const argument: LeaseArgument = {
      name: this.#group,
      holder: this.#member,
      now: Date.now(),
      forMs: this.#leaseMs,
    };
    return this.#place.database.call<R>(`event-log.${operation}`, argument);
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }
}
