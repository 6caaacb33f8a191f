import { Fault } from '@quantrac/event-sourcing';
import type { Topic } from './event-log.ts';
import type { KafkaClient } from './kafka-client.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** What is known of a service's topics as a log. */
export interface LogEntry {
  readonly epoch: number;
  /** Where each part stood when an epoch began; what an older epoch had beyond that is lost. */
  readonly begun: readonly { readonly epoch: number; readonly at: Readonly<Record<string, number>> }[];
}

const topic: Topic = {
  name: 'quantrac.private.logs.v1',
  producer: '',
  partitions: 1,
  retentionDays: 14,
  compacted: true,
};
const FRESH_MS = 5000;
const first: LogEntry = { epoch: 1, begun: [] };

/** Under which key it stands whose topics these are; no service is called so. */
const OWNER = 'node';

/** In a topic of its own the epochs of every service that publishes on the broker, the newest entry of each counts. */
export class KafkaLogBook {
  readonly #client: KafkaClient;
  readonly #topics: KafkaTopics;
  #entries = new Map<string, LogEntry>();
  #owner: string | undefined;
  #next: number | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(client: KafkaClient, topics: KafkaTopics) {
    this.#client = client;
    this.#topics = topics;
  }

  async of(service: string): Promise<LogEntry> {
    if (performance.now() - this.#readAt > FRESH_MS) await this.read();
    return this.#entries.get(service) ?? first;
  }

  async write(service: string, entry: LogEntry): Promise<void> {
    await this.#send(service, entry);
    this.#entries.set(service, entry);
  }

  /** Throws the Fault `invalid` where the topics are another node's. */
  async claimFor(node: string): Promise<void> {
    await this.read();
    if (this.#owner === undefined) {
      await this.#send(OWNER, node);
      await this.read();
    }
    if (this.#owner === node) return;
    const { prefix } = this.#topics.options;
    throw Fault.invalid(
      'TopicsOfOtherNode',
      `the topics ${prefix}quantrac... belong to node ${this.#owner}, not ${node}: give each node a KAFKA_PREFIX of its own`,
    );
  }

  async #send(name: string, content: unknown): Promise<void> {
    const [key, value] = [name, JSON.stringify(content)].map((text) => Buffer.from(text)) as [Buffer, Buffer];
    const records = [{ partition: 0, key, headers: {}, value }];
    await this.#client.send([{ topic: this.#topics.nameOf(topic), records }]);
  }

  async read(): Promise<void> {
    await this.#topics.make(topic);
    const name = this.#topics.nameOf(topic);
    const [{ low, high } = { low: 0, high: 0 }] = await this.#client.offsets(name);
    let next = this.#next ?? low;
    while (next < high) {
      const [{ records } = { records: [] }] = await this.#client.fetch(
        [{ topic: name, partition: 0, offset: next }],
        0,
      );
      for (const { key, value } of records) {
        const content = JSON.parse(Buffer.from(value).toString('utf8'));
        if (key === OWNER) this.#owner = content;
        else this.#entries.set(key, content);
      }
      next = (records.at(-1)?.offset ?? high - 1) + 1;
    }
    this.#next = next;
    this.#readAt = performance.now();
  }
}
