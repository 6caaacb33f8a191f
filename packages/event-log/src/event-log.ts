/**
 * A topic: an ordered window of keyed records that one service produces. Declared once, in `@quantrac/contracts`.
 */
export interface Topic {
  /** `quantrac.<topic>.v1` */
  readonly name: string;
  /** The service that publishes it. */
  readonly producer: string;
  /** Never changed: another count is a new version of the topic. */
  readonly partitions: number;
  /** Counted from when a record was appended, whatever groups have read. */
  readonly retentionDays: number;
  /** A record is the whole state of its key: the newest of each key is kept for ever, older ones need not be. */
  readonly compacted?: boolean;
}

export interface LogRecord {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

export interface ReceivedRecord extends LogRecord {
  readonly topic: string;
  /** murmur2 of the key, modulo the topic's partitions. */
  readonly partition: number;
  /** The independently moving part of the topic that it stands in, as `Positions` names it. */
  readonly part: string;
  /** Where in its part it stands: reading from here begins with it. Opaque. */
  readonly position: string;
  /** When it was appended, ms. */
  readonly appendedAt: number;
}

/**
 * Where a reader stands: one opaque mark for each independently moving part of a topic, by that part's name.
 * Marks only rise and belong to one log. Another log's mark, one below the first kept record, or one that lies behind
 * the place from which the log was restored, is the Fault `PositionLost`.
 */
export type Positions = Readonly<Record<string, string>>;

export interface Batch {
  readonly records: readonly ReceivedRecord[];
  /** Where the reader stands once it has taken the whole batch; only what moved. */
  readonly positions: Positions;
}

export interface SubscribeOptions {
  /** Members of one group share out the partitions; a partition number of all topics goes to one member. */
  readonly group: string;
  readonly topics: readonly Topic[];
  /** Asked whenever partitions are assigned: where the group's own store says it stands. What is missing begins with the topic's first record ever; when that is gone, its position is lost. */
  readonly positions: () => Promise<Positions>;
  /** Resolved: taken, the next batch may come. Thrown: the same records come again. */
  readonly handle: (batch: Batch) => Promise<void>;
  /** A stored position cannot be served any more: answer where to go on, after reading History. */
  readonly onPositionLost: (topic: string, stored: string) => Promise<Positions>;
  /** At most so many records in a batch. */
  readonly maxRecords?: number;
}

export interface Subscription {
  /** Resolves when the batch in hand is done. */
  close(): Promise<void>;
  /** Faults met so far and the state of the reading, for health. */
  readonly health: () => { readonly active: boolean; readonly lastError?: string };
}

/** What a group has not taken yet of a topic, of the parts that a member here holds. */
export interface Lag {
  readonly group: string;
  readonly topic: string;
  readonly records: number;
}

/** Keyed records in topics, delivered at least once, in publish order per key and producer. */
export abstract class EventLog {
  /** Names the log that positions belong to. */
  abstract readonly logId: string;

  /**
   * From 1; raised when the log was opened and found to be an earlier copy of itself, durable before anything is published.
   * Sequences begin with it, so that what is published after a restore outranks what was published before and is lost.
   */
  abstract readonly epoch: number;

  /** For an operator who knows of a restore that the log could not notice; the new epoch. Other instances learn of it when they open. */
  abstract raiseEpoch(): Promise<number>;

  /** Resolves when durable. After an error part of the batch may be there. */
  abstract publish(topic: Topic, records: readonly LogRecord[]): Promise<void>;

  abstract subscribe(options: SubscribeOptions): Promise<Subscription>;

  /** Reads without a group; a part without a mark from its first kept record. Parts of other topics are passed over. Throws `PositionLost`. */
  abstract read(topic: Topic, from: Positions, maxRecords: number): Promise<Batch>;

  /** The mark behind the newest record. */
  abstract end(topic: Topic): Promise<Positions>;

  /** How far the groups that subscribed here are behind the ends of their topics. */
  abstract behind(): Promise<readonly Lag[]>;

  /** Deletes what has outlived the topic's retention, a day's records an hour at most; called once an hour. How many records went. */
  abstract retain(topic: Topic): Promise<number>;

  abstract close(): Promise<void>;
}
