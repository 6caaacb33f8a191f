import { randomUUID } from 'node:crypto';
import type { Database } from '@quantrac/sqlite';
import {
  type Batch,
  EventLog,
  type LogRecord,
  type Positions,
  type ReceivedRecord,
  type SubscribeOptions,
  type Subscription,
  type Topic,
} from './event-log.ts';
import { partitionOf } from './partition.ts';
import { decodeBlock, encodeBlock } from './record-block.ts';
import type { AppendArgument, ReadArgument, ReadResult } from './sqlite-part.ts';
import { GroupReader } from './sqlite-subscription.ts';

export interface SqliteLogOptions {
  readonly database: Database;
  /** The service whose file `database` is: the topics it produces live there. */
  readonly service: string;
  /** The file of another service, opened read-only. */
  readonly fileOf: (service: string) => string;
  readonly clock?: () => number;
}

/** The topics that one service produces, in that service's own file; those of others are read from theirs. */
export class SqliteEventLog extends EventLog {
  readonly #subscriptions = new Set<Subscription>();

  private constructor(
    readonly options: SqliteLogOptions,
    readonly logId: string,
  ) {
    super();
  }

  static async open(options: SqliteLogOptions): Promise<SqliteEventLog> {
    await options.database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteEventLog(options, await options.database.call<string>('event-log.id', null));
  }

  async publish(topic: Topic, records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return;
    const argument = blockOf(topic, records, this.#now());
    await this.options.database.call('event-log.append', argument, [argument.block.buffer as ArrayBuffer]);
  }

  async read(topic: Topic, from: string | undefined, maxRecords: number): Promise<Batch> {
    const argument: ReadArgument = { file: this.fileOf(topic), topic: topic.name, from, maxRecords };
    const result = await this.options.database.call<ReadResult>('event-log.read', argument);
    if (!result) return { records: [], positions: {} };
    const records: ReceivedRecord[] = [];
    for (const block of result.blocks) {
      let offset = block.first + block.skip;
      for (const record of decodeBlock(block.bytes, block.skip)) {
        const partition = partitionOf(record.key, topic.partitions);
        records.push({
          ...record,
          topic: topic.name,
          partition,
          position: `${result.logId}:${offset}`,
          appendedAt: block.appendedAt,
        });
        offset++;
      }
    }
    return { records, positions: { [topic.name]: `${result.logId}:${result.next}` } };
  }

  async end(topic: Topic): Promise<Positions> {
    const result = await this.options.database.call<string | undefined>('event-log.end', {
      file: this.fileOf(topic),
      topic: topic.name,
    });
    return result ? { [topic.name]: result } : {};
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const reader = new GroupReader(this, options, randomUUID());
    this.#subscriptions.add(reader);
    reader.start();
    return reader;
  }

  /** Deletes what has outlived its retention; whoever hosts the log calls it once an hour. */
  async retain(topic: Topic): Promise<number> {
    const argument = { topic: topic.name, retentionDays: topic.retentionDays, now: this.#now() };
    return this.options.database.call<number>('event-log.retain', argument);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
  }

  /** The producer's file; undefined when it is this service's own. */
  fileOf(topic: Topic): string | undefined {
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
