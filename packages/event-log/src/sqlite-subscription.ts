import type { Batch, Positions, ReceivedRecord, SubscribeOptions, Subscription } from './event-log.ts';
import { witnessOf } from './log-witness.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import type { SqliteLogOptions } from './sqlite-log-options.ts';
import type { LeaseArgument } from './sqlite-part.ts';
import { onWrite } from './wakes.ts';

/** A holder that does not renew for this long has lost the group's partitions to the next member. */
export const LEASE_MS = 10_000;
const LOOK_AGAIN_MS = 250;
const RETRY_MS = 500;
const MAX_RECORDS = 1000;

/** How a group reads: all of its topics in one request. */
type ReadsTopics = Pick<SqliteEventLog, 'readMany'>;

/** What was read ahead; `lost` names a topic whose mark cannot be served any more. */
type Ahead = Batch & { readonly lost?: string };

/** One member of a group: holds all partitions while its lease lives, reads the topics' files and hands over batches in order. */
export class GroupReader implements Subscription {
  readonly #log: ReadsTopics;
  readonly #place: SqliteLogOptions;
  readonly #options: SubscribeOptions;
  readonly #member: string;
  readonly #leaseMs: number;
  readonly #stops: (() => void)[] = [];
  /** The number of our holding; undefined while another member holds. */
  #term: number | undefined;
  #leaseEnds = 0;
  #positions: Positions = {};
  /** The holding in which `#positions` was asked for. */
  #positionsOf: number | undefined;
  /** The batch behind `#positions`, read while the one before was handled. */
  #ahead: Promise<Ahead> | undefined;
  #turn = 0;
  #stopping = false;
  #lastError: string | undefined;
  #wake: () => void = () => {};
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(log: ReadsTopics, place: SqliteLogOptions, options: SubscribeOptions, member: string) {
    this.#log = log;
    this.#place = place;
    this.#options = options;
    this.#member = member;
    this.#leaseMs = place.leaseMs ?? LEASE_MS;
  }

  start(): void {
    const { service, fileOf, database } = this.#place;
    for (const producer of new Set(this.#options.topics.map((topic) => topic.producer))) {
      const file = producer === service ? database.path : fileOf(producer);
      this.#stops.push(onWrite(witnessOf(file), () => this.#wakeUp()));
    }
    const renewing = setInterval(() => void this.#renew().catch(() => undefined), this.#leaseMs / 4);
    this.#stops.push(() => clearInterval(renewing));
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    await this.#running;
    for (const stop of this.#stops.splice(0)) stop();
    if (this.#term !== undefined) await this.#lease('releaseLease').catch(() => undefined);
    this.#term = undefined;
  }

  health = () => ({
    active: this.#term !== undefined,
    ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
  });

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        const holds = await this.#holds();
        if (!holds) await this.#rest(LOOK_AGAIN_MS, 'whatever is written');
        else if (!(await this.#takeNext())) await this.#rest(LOOK_AGAIN_MS);
        this.#lastError = undefined;
      } catch (error) {
        this.#ahead = undefined;
        this.#lastError = (error as Error).message;
        await this.#rest(RETRY_MS, 'whatever is written');
      }
    }
  }

  /** Whether the partitions are ours; where another may have held them in between, the group's store says where it stands. */
  async #holds(): Promise<boolean> {
    if (this.#term === undefined || performance.now() > this.#leaseEnds) await this.#renew();
    if (this.#term === undefined) return false;
    if (this.#positionsOf !== this.#term) {
      const term = this.#term;
      this.#ahead = undefined;
      this.#positions = await this.#options.positions();
      this.#positionsOf = term;
    }
    return true;
  }

  async #renew(): Promise<void> {
    const asked = performance.now();
    this.#term = await this.#lease<number | undefined>('takeLease');
    this.#leaseEnds = asked + this.#leaseMs;
  }

  #lease<R>(operation: 'takeLease' | 'releaseLease'): Promise<R> {
    const { group: name } = this.#options;
    const argument: LeaseArgument = { name, holder: this.#member, now: Date.now(), forMs: this.#leaseMs };
    return this.#place.database.call<R>(`event-log.${operation}`, argument);
  }

  /** One batch over all topics, while the next is read; false when there was nothing. */
  async #takeNext(): Promise<boolean> {
    const { lost, ...batch } = await (this.#ahead ?? this.#readFrom(this.#positions));
    this.#ahead = undefined;
    if (lost !== undefined) {
      const found = await this.#options.onPositionLost(lost, this.#positions[lost] ?? 'the beginning');
      this.#positions = { ...this.#positions, ...found };
      return true;
    }
    if (batch.records.length === 0) return false;
    const after = { ...this.#positions, ...batch.positions };
    const ahead = this.#readFrom(after);
    ahead.catch(() => undefined);
    await this.#options.handle(batch);
    this.#positions = after;
    this.#ahead = ahead;
    return true;
  }

  /** From each topic in turn, another first each time, until the batch is full. */
  async #readFrom(positions: Positions): Promise<Ahead> {
    const { topics, maxRecords = MAX_RECORDS } = this.#options;
    const records: ReceivedRecord[] = [];
    const moved: Record<string, string> = {};
    const turn = this.#turn++;
    const asked = topics.map((_, n) => {
      const topic = topics[(turn + n) % topics.length]!;
      return { topic, from: positions[topic.name] };
    });
    const read = await this.#log.readMany(asked, maxRecords);
    for (const [at, batch] of read.entries()) {
      if (batch === undefined) continue;
      const { topic, from } = asked[at]!;
      const lost = { records: [], positions: {}, lost: topic.name };
      if (batch === 'lost') return lost;
      const begun = from ?? batch.records[0]?.position ?? batch.positions[topic.name];
      if (from === undefined && begun !== undefined && !isBeginning(begun)) return lost;
      for (const record of batch.records) records.push(record);
      if (batch.records.length > 0) Object.assign(moved, batch.positions);
    }
    return { records, positions: moved };
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Until something is written or the time is over; what was written since the last rest ends it at once. */
  async #rest(ms: number, despite?: 'whatever is written'): Promise<void> {
    if (this.#stopping || (this.#woken && !despite)) {
      this.#woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (despite && !this.#stopping) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
    this.#woken = false;
  }
}

/** The mark of a topic's very first record. */
const isBeginning = (mark: string): boolean => mark.endsWith(':0');
