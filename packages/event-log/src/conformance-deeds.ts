import type { Deeds } from '@quantrac/conformance/perform-deed';
import type { NewStore, StoreOptions } from '@quantrac/conformance/store-under-test';
import type { Batch, EventLog, LogRecord, Positions, ReceivedRecord, SubscribeOptions, Topic } from './event-log.ts';

export interface LogOptions extends StoreOptions {
  /** Whose log it is: `alpha` unless said, the producer of `numbers`. */
  readonly service?: string;
  readonly leaseMs?: number;
  readonly clock?: () => number;
}

export type NewLog = NewStore<EventLog, LogOptions>;

export const numbers: Topic = { name: 'quantrac.numbers.v1', producer: 'alpha', partitions: 16, retentionDays: 14 };

export const numbered = (number: number, key = 'station/a', by = 'here'): LogRecord => ({
  key,
  headers: { ce_id: `${by}/${number}`, by },
  value: Buffer.from(JSON.stringify({ number })),
});

export const numberOf = ({ value }: LogRecord): number => JSON.parse(Buffer.from(value).toString()).number;

/** What a member of a group in another process asks of the group's store, which the test keeps. */
export type GroupRequest =
  | { readonly ask: 'positions' }
  | {
      readonly ask: 'commit';
      readonly seen: number;
      readonly numbers: readonly number[];
      readonly positions: Positions;
    };

/** The store's revision, or nothing when another member was faster. */
export interface GroupAnswer {
  readonly revision: number | undefined;
  readonly positions: Positions;
}

/** Handles batches as a step does: a conditional write against the revision that was last seen. */
export async function joinGroup(log: EventLog, ask: (request: GroupRequest) => Promise<GroupAnswer>) {
  let seen = 0;
  return log.subscribe({
    group: 'adders',
    topics: [numbers],
    async positions() {
      const { revision, positions } = await ask({ ask: 'positions' });
      seen = revision!;
      return positions;
    },
    async handle({ records, positions }) {
      const { revision } = await ask({ ask: 'commit', seen, numbers: records.map(numberOf), positions });
      if (revision === undefined) throw new Error('another member was faster');
      seen = revision;
    },
    onPositionLost: () => Promise.reject(new Error('no position is lost here')),
  });
}

export const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
export const publish = (log: EventLog, ...all: number[]) =>
  log.publish(
    numbers,
    all.map((number) => numbered(number)),
  );

/**
 * A member that remembers what it was given, and where it stands, as a group's store does: members may be assigned anew at any time.
 * It begins with the first record unless `positions` says otherwise.
 */
export async function collector(log: EventLog, options: Partial<SubscribeOptions> = {}) {
  const taken: number[] = [];
  const batches: Batch[] = [];
  let stored: Positions | undefined;
  const take = async (batch: Batch) => {
    batches.push(batch);
    taken.push(...batch.records.map(numberOf));
  };
  const { positions = async () => ({}), handle = take } = options;
  const subscription = await log.subscribe({
    group: 'collectors',
    topics: [numbers],
    onPositionLost: () => Promise.reject(new Error('no position is lost here')),
    ...options,
    async positions() {
      stored ??= await positions();
      return stored;
    },
    async handle(batch) {
      await handle(batch);
      stored = { ...stored, ...batch.positions };
    },
  });
  return { taken, batches, subscription };
}

/** Where one record stands, to read from there. */
export const at = ({ part, position }: ReceivedRecord): Positions => ({ [part]: position });

/** Everything that the topic holds, read a batch at a time. */
export async function readAll(
  log: EventLog,
  topic: Topic,
  from: Positions = {},
  maxRecords = 1000,
): Promise<ReceivedRecord[]> {
  const read: ReceivedRecord[] = [];
  for (let reached = from; ; ) {
    const { records, positions } = await log.read(topic, reached, maxRecords);
    if (records.length > maxRecords) throw new Error(`${records.length} records instead of ${maxRecords} at most`);
    if (records.length === 0) return read;
    read.push(...records);
    reached = { ...reached, ...positions };
  }
}

/** What the conformance test lets another process do. */
export const deeds: Deeds<EventLog> = {
  /** Publishes numbers to one key, in batches, and says behind which number each acknowledgement stood. */
  async publish(log, { key, by, count, batch }: { key: string; by: string; count: number; batch: number }, { say }) {
    say(0);
    for (let number = 0; number < count; number += batch) {
      const records = Array.from({ length: batch }, (_, n) => numbered(number + n, key, by));
      await log.publish(numbers, records);
      say(number + batch);
    }
  },

  /** A member of a group until the process ends. */
  async follow(log, _: null, { say, ask }) {
    await joinGroup(log, (request) => ask(request) as Promise<GroupAnswer>);
    say('follows');
    await new Promise(() => {});
  },
};
