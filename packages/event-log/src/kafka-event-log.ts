import { Fault } from '@quantrac/event-sourcing';
import {
  type Batch,
  EventLog,
  type LogRecord,
  type Positions,
  type SubscribeOptions,
  type Subscription,
  type Topic,
} from './event-log.ts';
import { GroupReader } from './group-reader.ts';
import type { SentRecord } from './kafka-client.ts';
import { KafkaLogBook } from './kafka-log-book.ts';
import { KafkaMembership } from './kafka-membership.ts';
import { KafkaReader, partOf, positionLost } from './kafka-reader.ts';
import { KafkaSender } from './kafka-sender.ts';
import { type KafkaTopicOptions, KafkaTopics } from './kafka-topics.ts';
import { partitionOf } from './partition.ts';

export interface KafkaLogOptions extends KafkaTopicOptions {
  /** Whose log it is: the producer of its own topics. */
  readonly service: string;
  /** Its topics, made when it opens, so that whoever reads them can begin. */
  readonly declares?: readonly Topic[];
  /** 45 s unless said: a batch may take long. */
  readonly sessionMs?: number | undefined;
  readonly clock?: (() => number) | undefined;
}

const SESSION_MS = 45_000;
const DAY_MS = 86_400_000;
const MOST_KEY_BYTES = 65_534;

/** Topics on Kafka; a part is a partition. */
export class KafkaEventLog extends EventLog {
  readonly #options: KafkaLogOptions;
  readonly #topics: KafkaTopics;
  readonly #book: KafkaLogBook;
  readonly #sender: KafkaSender;
  readonly #subscriptions = new Set<Subscription>();
  #epoch = 1;

  private constructor(
    options: KafkaLogOptions,
    readonly logId: string,
  ) {
    super();
    this.#options = options;
    this.#topics = new KafkaTopics(options);
    this.#book = new KafkaLogBook(options.client, this.#topics);
    this.#sender = new KafkaSender(options.client);
  }

  static async open(options: KafkaLogOptions): Promise<KafkaEventLog> {
    const log = new KafkaEventLog(options, `${await options.client.clusterId()}/${options.prefix}`);
    log.#epoch = (await log.#book.of(options.service)).epoch;
    for (const topic of options.declares ?? []) await log.#topics.make(topic);
    return log;
  }

  get epoch(): number {
    return this.#epoch;
  }

  async raiseEpoch(): Promise<number> {
    const { service, client, prefix } = this.#options;
    await this.#book.read();
    const { epoch, begun } = await this.#book.of(service);
    const at: Record<string, number> = {};
    for (const name of await client.listTopics()) {
      if (!name.startsWith(prefix)) continue;
      for (const { partition, high } of await client.offsets(name))
        at[`${name.slice(prefix.length)}/${partition}`] = high;
    }
    await this.#book.write(service, { epoch: epoch + 1, begun: [...begun, { epoch: epoch + 1, at }] });
    this.#epoch = epoch + 1;
    return this.#epoch;
  }

  async publish(topic: Topic, records: readonly LogRecord[]): Promise<void> {
    if (topic.producer !== this.#options.service)
      throw Fault.invalid('NotItsProducer', `${topic.name} is published by ${topic.producer} alone`);
    if (records.length === 0) return;
    const sent = records.map((record) => sentOf(topic, record));
    await this.#topics.make(topic);
    await this.#sender.send(this.#topics.nameOf(topic), sent);
  }

  async read(topic: Topic, from: Positions, maxRecords: number): Promise<Batch> {
    if (!(await this.#topics.isMade(topic))) return { records: [], positions: {} };
    const reader = this.#newReader();
    const end = await reader.end(topic);
    const parts = Object.keys(end).map((_, partition) => partOf(topic, partition));
    let positions: Record<string, string> = {};
    const records: Batch['records'][number][] = [];
    for (;;) {
      const at = { ...from, ...positions };
      const asked = parts.filter(({ name }) => at[name] !== end[name]).map((part) => ({ part, from: at[part.name] }));
      if (asked.length === 0) return { records, positions };
      const read = await reader.readMany(asked, maxRecords - records.length);
      let found = 0;
      for (const batch of read) {
        if (batch === 'lost') throw positionLost(topic);
        records.push(...batch.records);
        found += batch.records.length;
        positions = { ...positions, ...batch.positions };
      }
      if (found === 0 || records.length >= maxRecords) return { records, positions };
    }
  }

  end(topic: Topic): Promise<Positions> {
    return this.#newReader().end(topic);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { client, service, sessionMs = SESSION_MS } = this.#options;
    const membership = new KafkaMembership(
      { client, topics: this.#topics, reader: this.#newReader(), service, sessionMs },
      options,
    );
    const reader = new GroupReader(membership, options);
    this.#subscriptions.add(reader);
    return reader;
  }

  /** The broker deletes by whole segments; this by record. */
  async retain(topic: Topic): Promise<number> {
    const { client, clock = Date.now } = this.#options;
    if (!(await this.#topics.isMade(topic))) return 0;
    const name = this.#topics.nameOf(topic);
    const before = await client.offsets(name);
    const cut = await client.offsetsAt(name, clock() - topic.retentionDays * DAY_MS);
    const deleted = before.flatMap(({ partition, low, high }) => {
      const found = cut.find((one) => one.partition === partition)?.offset ?? low;
      const offset = found < 0 ? high : found;
      return offset > low ? [{ partition, offset, count: offset - low }] : [];
    });
    if (deleted.length > 0) await client.deleteBefore(name, deleted);
    return deleted.reduce((sum, { count }) => sum + count, 0);
  }

  /** The client is closed by whoever opened it. */
  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#sender.settled();
  }

  #newReader = () => new KafkaReader(this.#options.client, this.#topics, this.#book, this.logId);
}

function sentOf(topic: Topic, { key, headers, value }: LogRecord): SentRecord {
  const bytes = Buffer.from(key);
  if (bytes.length > MOST_KEY_BYTES)
    throw Fault.invalid('RecordTooLong', `a key of ${bytes.length} bytes is longer than ${MOST_KEY_BYTES}`);
  return { partition: partitionOf(key, topic.partitions), key: bytes, headers, value };
}
