import { Fault } from '@quantrac/event-sourcing';
import {
  type Batch,
  EventLog,
  type Lag,
  type LogRecord,
  type Positions,
  type SubscribeOptions,
  type Subscription,
  type Topic,
} from './event-log.ts';
import { GroupReader } from './group-reader.ts';
import type { SentRecord } from './kafka-client.ts';
import { KafkaEpochs, type MarkKeeper } from './kafka-epochs.ts';
import { KafkaLogBook } from './kafka-log-book.ts';
import { KafkaMembership } from './kafka-membership.ts';
import { KafkaReader, partOf, positionLost } from './kafka-reader.ts';
import { KafkaSender } from './kafka-sender.ts';
import { type KafkaTopicOptions, KafkaTopics } from './kafka-topics.ts';
import { partitionOf } from './partition.ts';

export interface KafkaLogOptions extends KafkaTopicOptions {
  /** Whose log it is: the producer of its own topics. */
  readonly service: string;
  /** Whose topics these are, so that two nodes under one prefix are found out; unsaid: nobody's. */
  readonly node?: string | undefined;
  /** Its topics, made when it opens, so that whoever reads them can begin. */
  readonly declares?: readonly Topic[];
  /** Remembers how far the topics had come, so that a restored broker or store is found out; without, nobody notices. */
  readonly keeper?: MarkKeeper | undefined;
  /** 10 s unless said: a member is heard while it works, so that others wait no longer for one that died. */
  readonly sessionMs?: number | undefined;
  readonly clock?: (() => number) | undefined;
}

const SESSION_MS = 10_000;
const REMEMBER_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
/** Of what the store may not know, at each end. */
const LOOKED_AT = 20;
const MOST_KEY_BYTES = 65_534;

/** Topics on Kafka; a part is a partition. */
export class KafkaEventLog extends EventLog {
  readonly #options: KafkaLogOptions;
  readonly #topics: KafkaTopics;
  readonly #book: KafkaLogBook;
  readonly #sender: KafkaSender;
  readonly #subscriptions = new Set<GroupReader>();
  readonly #epochs: KafkaEpochs;
  #remembering: NodeJS.Timeout | undefined;

  private constructor(
    options: KafkaLogOptions,
    readonly logId: string,
  ) {
    super();
    this.#options = options;
    this.#topics = new KafkaTopics(options);
    this.#book = new KafkaLogBook(options.client, this.#topics);
    const { client, service, declares = [], keeper } = options;
    this.#epochs = new KafkaEpochs({ client, topics: this.#topics, book: this.#book, service, declares, keeper });
    this.#sender = new KafkaSender(client, (topic, partition, end) =>
      this.#epochs.noteSent(`${topic.slice(options.prefix.length)}/${partition}`, end),
    );
  }

  static async open(options: KafkaLogOptions): Promise<KafkaEventLog> {
    const log = new KafkaEventLog(options, `${await options.client.clusterId()}/${options.prefix}`);
    if (options.node !== undefined) await log.#book.claimFor(options.node);
    for (const topic of options.declares ?? []) await log.#topics.make(topic);
    await log.#epochs.open();
    log.#remembering = setInterval(() => void log.#epochs.remember().catch(() => {}), REMEMBER_EVERY_MS);
    log.#remembering.unref();
    return log;
  }

  get epoch(): number {
    return this.#epochs.epoch;
  }

  raiseEpoch(): Promise<number> {
    return this.#epochs.raise();
  }

  /**
   * Raises the epoch when the topics hold what the service's own store does not know: then the store was restored, and would give old
   * sequences to new records. What a crash left unremembered is known.
   */
  async raiseIfUnknown(isKnown: (topic: Topic, record: LogRecord) => Promise<boolean>): Promise<boolean> {
    for (const { part, from, to } of await this.#epochs.beyondRemembered())
      for (const { topic, record } of await this.#ends(part, from, to))
        if (record === 'gone' || !(await isKnown(topic, record))) {
          await this.#epochs.raise();
          return true;
        }
    await this.#epochs.proven();
    return false;
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

  async behind(): Promise<readonly Lag[]> {
    const end = (topic: Topic) => this.end(topic);
    return (await Promise.all([...this.#subscriptions].map((reader) => reader.behind(end)))).flat();
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
    if (topic.compacted || !(await this.#topics.isMade(topic))) return 0;
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
    clearInterval(this.#remembering);
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#sender.settled();
    await this.#epochs.remember().catch(() => {});
  }

  /** The first and the last records of a stretch of a part. */
  async #ends(part: string, from: number, to: number) {
    const topic = (this.#options.declares ?? []).find(({ name }) => part.startsWith(`${name}/`))!;
    const name = this.#topics.nameOf(topic);
    const partition = Number(part.slice(topic.name.length + 1));
    const found: { topic: Topic; record: LogRecord | 'gone' }[] = [];
    for (const offset of new Set([from, Math.max(from, to - LOOKED_AT)])) {
      const [fetched] = await this.#options.client.fetch([{ topic: name, partition, offset }], 0);
      const records = (fetched?.records ?? []).slice(0, LOOKED_AT);
      for (const record of records) found.push({ topic, record });
      if (records.length === 0) found.push({ topic, record: 'gone' });
    }
    return found;
  }

  #newReader = () => new KafkaReader(this.#options.client, this.#topics, this.#book, this.logId);
}

function sentOf(topic: Topic, { key, headers, value }: LogRecord): SentRecord {
  const bytes = Buffer.from(key);
  if (bytes.length > MOST_KEY_BYTES)
    throw Fault.invalid('RecordTooLong', `a key of ${bytes.length} bytes is longer than ${MOST_KEY_BYTES}`);
  return { partition: partitionOf(key, topic.partitions), key: bytes, headers, value };
}
