import { Fault } from '@quantrac/event-sourcing';
import type { Batch, Positions, ReceivedRecord, Topic } from './event-log.ts';
import type { Asked, Part } from './group-reader.ts';
import type { KafkaClient, Offsets } from './kafka-client.ts';
import type { Fetched, FetchedRecord } from './kafka-fetch.ts';
import type { KafkaLogBook, LogEntry } from './kafka-log-book.ts';
import type { KafkaTopics } from './kafka-topics.ts';

export interface KafkaPart extends Part {
  readonly partition: number;
}

export const partOf = (topic: Topic, partition: number): KafkaPart => ({
  name: `${topic.name}/${partition}`,
  topic,
  partition,
});

interface Begun {
  readonly part: KafkaPart;
  /** What its marks begin with. */
  readonly log: string;
}

/** What was fetched of a part and not given yet. */
interface Ahead {
  /** The first kept record when it began. */
  readonly low: number;
  /** Of the first record here, or where to go on. */
  next: number;
  records: readonly FetchedRecord[];
}

const ASK_ALL_EVERY = 4;

/** Reads parts from marks; what a fetch brings beyond what is asked for stays here until it is. */
export class KafkaReader {
  readonly #client: KafkaClient;
  readonly #topics: KafkaTopics;
  readonly #book: KafkaLogBook;
  readonly #logId: string;
  readonly #ahead = new Map<string, Ahead>();
  #reads = 0;

  constructor(client: KafkaClient, topics: KafkaTopics, book: KafkaLogBook, logId: string) {
    this.#client = client;
    this.#topics = topics;
    this.#book = book;
    this.#logId = logId;
  }

  /** As `Membership.readMany`; asks the broker only for parts of which nothing is here. */
  async readMany(asked: readonly Asked[], maxRecords: number): Promise<(Batch | 'lost')[]> {
    const begun = await this.#begin(asked);
    await this.#fill(begun, maxRecords);
    let left = maxRecords;
    return begun.map((one) => {
      if (one === 'lost') return one;
      const { part, log } = one;
      const ahead = this.#ahead.get(part.name)!;
      const taken = ahead.records.slice(0, left);
      left -= taken.length;
      if (taken.length > 0) this.#advance(ahead, taken);
      const records = taken.map((record) => receivedOf(part, log, record));
      return { records, positions: { [part.name]: `${log}:${ahead.next}` } };
    });
  }

  /** Until there is something new behind these marks, or so long. */
  async wait(asked: readonly Asked[], waitMs: number): Promise<void> {
    const begun = await this.#begin(asked);
    await this.#fill(begun, 1, waitMs);
  }

  /** The marks behind the newest records; none of a topic that nobody has made. */
  async end(topic: Topic): Promise<Positions> {
    if (!(await this.#topics.isMade(topic))) return {};
    const { epoch } = await this.#book.of(topic.producer);
    const offsets = await this.#client.offsets(this.#topics.nameOf(topic));
    return Object.fromEntries(
      offsets.map(({ partition, high }) => [partOf(topic, partition).name, `${this.#logId}:${epoch}:${high}`]),
    );
  }

  #advance(ahead: Ahead, taken: readonly FetchedRecord[]): void {
    ahead.next = taken.at(-1)!.offset + 1;
    ahead.records = ahead.records.slice(taken.length);
  }

  /** Where each part goes on, by its mark; what is here of another place is dropped. */
  async #begin(asked: readonly Asked[]): Promise<('lost' | Begun)[]> {
    const bounds = new Map<string, Promise<readonly Offsets[]>>();
    const boundsOf = async ({ topic, partition }: KafkaPart) => {
      const found = bounds.get(topic.name) ?? this.#client.offsets(this.#topics.nameOf(topic));
      bounds.set(topic.name, found);
      return (await found).find((one) => one.partition === partition) ?? { low: 0, high: 0 };
    };
    const begun: ('lost' | Begun)[] = [];
    for (const { part, from } of asked) {
      const entry = await this.#book.of(part.topic.producer);
      const log = `${this.#logId}:${entry.epoch}`;
      const isThere = await this.#standsAt(part as KafkaPart, from, { entry, boundsOf });
      begun.push(isThere ? { part: part as KafkaPart, log } : 'lost');
    }
    return begun;
  }

  /** False: the mark cannot be served. */
  async #standsAt(
    part: KafkaPart,
    from: string | undefined,
    { entry, boundsOf }: { entry: LogEntry; boundsOf: (part: KafkaPart) => Promise<Pick<Offsets, 'low' | 'high'>> },
  ): Promise<boolean> {
    const { name } = part;
    const offset = from === undefined ? undefined : offsetOf(from, { logId: this.#logId, name, entry });
    if (offset === 'lost') return false;
    const ahead = this.#ahead.get(name);
    if (ahead && ahead.next === (offset ?? ahead.low)) return true;
    const { low, high } = await boundsOf(part);
    if (offset !== undefined && (offset < low || offset > high)) return false;
    this.#ahead.set(name, { low, next: offset ?? low, records: [] });
    return true;
  }

  /** Fetches for the parts of which nothing is here, unless enough of the others is. */
  async #fill(begun: ('lost' | { readonly part: KafkaPart })[], enough: number, waitMs = 0): Promise<void> {
    let here = 0;
    const empty: { at: number; part: KafkaPart; ahead: Ahead }[] = [];
    for (const [at, one] of begun.entries()) {
      if (one === 'lost') continue;
      const ahead = this.#ahead.get(one.part.name)!;
      if (ahead.records.length > 0) here += ahead.records.length;
      else empty.push({ at, part: one.part, ahead });
    }
    // what is here must not keep the others out for long
    const areDue = ++this.#reads % ASK_ALL_EVERY === 0;
    if ((here >= enough && !areDue) || empty.length === 0) return;
    const from = empty.map(({ part, ahead }) => ({
      topic: this.#topics.nameOf(part.topic),
      partition: part.partition,
      offset: ahead.next,
    }));
    const fetched = new Map((await this.#client.fetch(from, here > 0 ? 0 : waitMs)).map((one) => [idOf(one), one]));
    for (const { at, part, ahead } of empty) {
      const found = fetched.get(`${this.#topics.nameOf(part.topic)}/${part.partition}`);
      if (found?.outOfRange) {
        begun[at] = 'lost';
        this.#ahead.delete(part.name);
      } else if (found) ahead.records = found.records;
    }
  }
}

const idOf = ({ topic, partition }: Fetched): string => `${topic}/${partition}`;

const receivedOf = (part: KafkaPart, log: string, record: FetchedRecord): ReceivedRecord => ({
  key: record.key,
  headers: record.headers,
  value: record.value,
  topic: part.topic.name,
  partition: part.partition,
  part: part.name,
  position: `${log}:${record.offset}`,
  appendedAt: record.appendedAt,
});

/** The offset of a mark, if it is of this log and of nothing that an epoch has left behind. */
function offsetOf(mark: string, at: { logId: string; name: string; entry: LogEntry }): number | 'lost' {
  const [, id, epochText, offsetText] = /^(.+):(\d+):(\d+)$/.exec(mark) ?? [];
  const [epoch, offset] = [Number(epochText), Number(offsetText)];
  if (id !== at.logId || epoch > at.entry.epoch) return 'lost';
  const ends = at.entry.begun.filter((one) => one.epoch > epoch).map((one) => one.at[at.name] ?? 0);
  return ends.some((end) => offset > end) ? 'lost' : offset;
}

/** Tells who asked for one topic. */
export const positionLost = (topic: Topic): Fault =>
  Fault.rejected(
    'PositionLost',
    `${topic.name}: the position cannot be served any more: read History, then follow from the end`,
  );
