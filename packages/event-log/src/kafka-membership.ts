import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, SubscribeOptions, Topic } from './event-log.ts';
import type { Asked, Holding, Membership } from './group-reader.ts';
import type { KafkaClient } from './kafka-client.ts';
import type { Assignment } from './kafka-group.ts';
import { type KafkaReader, partOf } from './kafka-reader.ts';
import type { KafkaTopics } from './kafka-topics.ts';

export interface KafkaMembershipOptions {
  readonly client: KafkaClient;
  readonly topics: KafkaTopics;
  readonly reader: KafkaReader;
  /** Who joins: the producer of some of the topics, perhaps. */
  readonly service: string;
  /** A member that the broker has not heard for so long has lost its partitions. */
  readonly sessionMs: number;
}

const JOIN_AGAIN_MS = 250;

/** A member of a Kafka group: it holds the partitions that the group's leader gives it, a partition number of all topics together. */
export class KafkaMembership implements Membership {
  readonly #options: KafkaMembershipOptions;
  readonly #group: string;
  readonly #topics: readonly Topic[];
  #holding: Holding | undefined;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  /** Where the last reading came to, to wait behind. */
  #asked: readonly Asked[] = [];
  #leave: (() => Promise<void>) | undefined;
  #joining: Promise<void> | undefined;
  readonly #leaving = new AbortController();
  #lastError: unknown;

  constructor(options: KafkaMembershipOptions, { group, topics }: SubscribeOptions) {
    this.#options = options;
    this.#group = `${options.topics.options.prefix}${group}`;
    this.#topics = topics;
  }

  isActive = () => this.#isOurs() && this.#holding!.parts.length > 0;

  async held(): Promise<Holding | undefined> {
    if (!this.#leave) await this.#joinOnce();
    if (this.#lastError) {
      const error = this.#lastError;
      this.#lastError = undefined;
      throw error;
    }
    return this.#isOurs() ? this.#holding : undefined;
  }

  async readMany(asked: readonly Asked[], maxRecords: number): Promise<readonly (Batch | 'lost')[]> {
    const read = await this.#options.reader.readMany(asked, maxRecords);
    this.#asked = asked.map(({ part, from }, at) => {
      const batch = read[at]!;
      return { part, from: batch === 'lost' ? from : (batch.positions[part.name] ?? from) };
    });
    return read;
  }

  async rest(ms: number, despite?: 'whatever is written'): Promise<void> {
    const { signal } = this.#leaving;
    if (signal.aborted) return;
    if (despite || !this.isActive()) await sleep(ms, undefined, { signal }).catch(() => {});
    else await this.#options.reader.wait(this.#asked, ms);
  }

  wake(): void {
    this.#leaving.abort();
  }

  async leave(): Promise<void> {
    await this.#joining?.catch(() => {});
    await this.#leave?.();
    this.#holding = undefined;
  }

  /** After it stood still for as long as a session it knows nothing before the broker has heard it again. */
  #isOurs = () => this.#holding !== undefined && performance.now() - this.#confirmedAt < this.#options.sessionMs;

  #joinOnce(): Promise<void> {
    this.#joining ??= this.#join().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async #join(): Promise<void> {
    const { client, topics, service, sessionMs } = this.#options;
    const { signal } = this.#leaving;
    // a group's topics are made before it, those of others by those who publish in them
    for (const topic of this.#topics)
      if (topic.producer === service) await topics.make(topic);
      else if (!(await topics.isMade(topic))) return sleep(JOIN_AGAIN_MS, undefined, { signal }).catch(() => {});
    this.#leave = await client.join({
      group: this.#group,
      topics: this.#topics.map(topics.nameOf),
      sessionMs,
      onAssigned: (assignment) => {
        this.#confirmedAt = performance.now();
        this.#holding = { parts: this.#partsOf(assignment) };
      },
      onRevoked: (error) => {
        this.#holding = undefined;
        if (error) this.#lastError = error;
      },
      onEnded: (error) => {
        this.#holding = undefined;
        this.#leave = undefined;
        this.#lastError = error;
      },
      onConfirmed: () => {
        this.#confirmedAt = performance.now();
      },
    });
  }

  #partsOf(assignment: Assignment): Holding['parts'] {
    return this.#topics.flatMap((topic) =>
      (assignment[this.#options.topics.nameOf(topic)] ?? []).map((partition) => partOf(topic, partition)),
    );
  }
}
