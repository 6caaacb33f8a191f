import { randomUUID } from 'node:crypto';
import { Fault } from '@quantrac/event-sourcing';
import {
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
import { GroupReader } from './group-reader.ts';
import { partitionOf } from './partition.ts';
import { decodeBlock, encodeBlock } from './record-block.ts';
import type { SqliteLogOptions } from './sqlite-log-options.ts';
import { SqliteMembership } from './sqlite-membership.ts';
import type { AppendArgument, Identity } from './sqlite-part.ts';
import type { ReadArgument, ReadBlock, ReadManyArgument, ReadManyResult, ReadResult } from './sqlite-read.ts';

/** The topics that one service produces, in that service's own file; those of others are read from theirs. */
export class SqliteEventLog extends EventLog {
  readonly #subscriptions = new Set<GroupReader>();
  readonly #members = new Set<string>();
  #identity: Identity;

  private constructor(
    readonly options: SqliteLogOptions,
    identity: Identity,
  ) {
    super();
    this.#identity = identity;
  }

  static async open(options: SqliteLogOptions): Promise<SqliteEventLog> {
    await options.database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteEventLog(options, await options.database.call<Identity>('event-log.identity', null));
  }

  get logId(): string {
    return this.#identity.id;
  }

  get epoch(): number {
    return this.#identity.epoch;
  }

  async raiseEpoch(): Promise<number> {
    this.#identity = await this.options.database.call<Identity>('event-log.raiseEpoch', null);
    return this.epoch;
  }

  async publish(topic: Topic, records: readonly LogRecord[]): Promise<void> {
    if (topic.producer !== this.options.service)
      throw Fault.invalid('NotItsProducer', `${topic.name} is published by ${topic.producer} alone`);
    if (records.length === 0) return;
    const argument = blockOf(topic, records, this.#now());
    await this.options.database.call('event-log.append', argument, [argument.block.buffer as ArrayBuffer]);
  }

  async read(topic: Topic, from: Positions, maxRecords: number): Promise<Batch> {
    const argument: ReadArgument = { file: this.#fileOf(topic), topic: topic.name, from: from[topic.name], maxRecords };
    const result = await this.options.database.call<ReadResult | undefined>('event-log.read', argument);
    return result ? batchOf(topic, result) : { records: [], positions: {} };
  }

  /** Reads topics one after the other, in one request, until so many records are found; undefined: not read. */
  async readMany(
    asked: readonly { readonly topic: Topic; readonly from: string | undefined }[],
    maxRecords: number,
  ): Promise<readonly (Batch | 'lost' | undefined)[]> {
    const argument: ReadManyArgument = {
      asked: asked.map(({ topic, from }) => ({ file: this.#fileOf(topic), topic: topic.name, from })),
      maxRecords,
    };
    const { read } = await this.options.database.call<ReadManyResult>('event-log.readMany', argument);
    return read.map((result, at) => (typeof result === 'object' ? batchOf(asked[at]!.topic, result) : result));
  }

  async end(topic: Topic): Promise<Positions> {
    const argument = { file: this.#fileOf(topic), topic: topic.name };
    const mark = await this.options.database.call<string | undefined>('event-log.end', argument);
    return mark ? { [topic.name]: mark } : {};
  }

  async behind(): Promise<readonly Lag[]> {
    const end = (topic: Topic) => this.end(topic);
    return (await Promise.all([...this.#subscriptions].map((reader) => reader.behind(end)))).flat();
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const membership = new SqliteMembership(this, this.options, options, this.#memberOf(options.group));
    const reader = new GroupReader(membership, options);
    this.#subscriptions.add(reader);
    return reader;
  }

  async retain(topic: Topic): Promise<number> {
    // nothing is made smaller here: whoever has the newest of each key for ever may have the older ones too
    if (topic.compacted) return 0;
    const argument = { topic: topic.name, retentionDays: topic.retentionDays, now: this.#now() };
    return this.options.database.call<number>('event-log.retain', argument);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
  }

  /** Two members of one group in this process are never taken for one. */
  #memberOf(group: string): string {
    const { service, instance } = this.options;
    const member = `${service} ${instance}`;
    if (instance === undefined || this.#members.has(`${member} ${group}`)) return randomUUID();
    this.#members.add(`${member} ${group}`);
    return member;
  }

  /** The producer's file; undefined when it is this service's own. */
  #fileOf(topic: Topic): string | undefined {
    return topic.producer === this.options.service ? undefined : this.options.fileOf(topic.producer);
  }

  #now(): number {
    return (this.options.clock ?? Date.now)();
  }
}

/** What one publish appends, ready for a transaction of the file. */
export function blockOf(topic: Topic, records: readonly LogRecord[], now: number): AppendArgument {
  return { topic: topic.name, partitions: topic.partitions, count: records.length, block: encodeBlock(records), now };
}

const batchOf = (topic: Topic, { log, next, blocks }: ReadResult): Batch => ({
  records: blocks.flatMap((block) => received(topic, log, block)),
  positions: { [topic.name]: `${log}:${next}` },
});

function received(topic: Topic, log: string, { bytes, first, skip, take, appendedAt }: ReadBlock): ReceivedRecord[] {
  return decodeBlock(bytes, skip, take).map((record, at) => ({
    ...record,
    topic: topic.name,
    partition: partitionOf(record.key, topic.partitions),
    part: topic.name,
    position: `${log}:${first + skip + at}`,
    appendedAt,
  }));
}
