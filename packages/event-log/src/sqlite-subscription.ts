import { isFault } from '@quantrac/event-sourcing';
import type { Batch, Positions, SubscribeOptions, Subscription, Topic } from './event-log.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import { onWrite } from './wakes.ts';

/** A holder that does not renew for this long has lost the group's partitions to the next member. */
export const LEASE_MS = 10_000;
const RENEW_MS = LEASE_MS / 4;
const LOOK_AGAIN_MS = 250;
const RETRY_MS = 500;
const MAX_RECORDS = 1000;

/** One member of a group: holds all partitions while its lease lives, reads the topics' files and hands over batches in order. */
export class GroupReader implements Subscription {
  readonly #log: SqliteEventLog;
  readonly #options: SubscribeOptions;
  readonly #member: string;
  readonly #stopWatching: (() => void)[] = [];
  #positions: Record<string, string> = {};
  #active = false;
  #renewAt = 0;
  #stopping = false;
  #lastError: string | undefined;
  #wake: () => void = () => {};
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(log: SqliteEventLog, options: SubscribeOptions, member: string) {
    this.#log = log;
    this.#options = options;
    this.#member = member;
  }

  start(): void {
    const { fileOf, database } = this.#log.options;
    for (const producer of new Set(this.#options.topics.map((topic) => topic.producer))) {
      const file = producer === this.#log.options.service ? database.path : fileOf(producer);
      this.#stopWatching.push(onWrite(file, () => this.#wakeUp()));
    }
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    await this.#running;
    for (const stop of this.#stopWatching) stop();
    if (this.#active) await this.#lease('releaseLease').catch(() => undefined);
    this.#active = false;
  }

  health = () => ({ active: this.#active, ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }) });

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        const moved = (await this.#holds()) && (await this.#takeNext());
        this.#lastError = undefined;
        if (!moved) await this.#rest(LOOK_AGAIN_MS);
      } catch (error) {
        this.#lastError = (error as Error).message;
        await this.#rest(RETRY_MS, 'whatever is written');
      }
    }
  }

  async #holds(): Promise<boolean> {
    if (this.#active && Date.now() < this.#renewAt) return true;
    const held = await this.#lease('takeLease');
    if (held && !this.#active) this.#positions = { ...(await this.#options.positions()) };
    this.#active = held;
    this.#renewAt = Date.now() + RENEW_MS;
    return held;
  }

  #lease(operation: 'takeLease' | 'releaseLease'): Promise<boolean> {
    const argument = { name: this.#options.group, holder: this.#member, now: Date.now(), forMs: LEASE_MS };
    return this.#log.options.database.call<boolean>(`event-log.${operation}`, argument);
  }

  /** One batch over all topics; false when there was nothing. */
  async #takeNext(): Promise<boolean> {
    const maxRecords = this.#options.maxRecords ?? MAX_RECORDS;
    const batches = await Promise.all(this.#options.topics.map((topic) => this.#read(topic, maxRecords)));
    const batch: Batch = {
      records: batches.flatMap(({ records }) => records),
      positions: Object.assign({}, ...batches.map(({ positions }) => positions)) as Positions,
    };
    if (batch.records.length === 0) return false;
    await this.#options.handle(batch);
    Object.assign(this.#positions, batch.positions);
    return true;
  }

  async #read(topic: Topic, maxRecords: number): Promise<Batch> {
    try {
      return await this.#log.read(topic, this.#positions[topic.name], maxRecords);
    } catch (error) {
      if (!isFault(error, 'PositionLost')) throw error;
      Object.assign(this.#positions, await this.#options.onPositionLost(topic.name, this.#positions[topic.name]!));
      return { records: [], positions: {} };
    }
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }

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
