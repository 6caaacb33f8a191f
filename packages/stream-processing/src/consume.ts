import { envelopeOf } from '@quantrac/contracts';
import type { Batch, LogRecord, Positions, Subscription, Topic } from '@quantrac/event-log';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { rejectedHeaders } from './effects.ts';
import type { Message, Processor } from './processor.ts';
import { type Arrived, arrivedAgain, commandAgain } from './replay.ts';
import type { Step } from './step.ts';
import { positionsCollection, type StepStore, storePositions } from './step-store.ts';

/** The same records, ids and sequences that the topic carried, from its owner's store. */
export type ReadHistory = (topic: string) => AsyncIterable<readonly LogRecord[]>;

export interface ConsumeOptions<State> {
  readonly processor: Processor<State>;
  readonly step: Step<State>;
  readonly store: StepStore;
  readonly rejected: Topic;
  /** What was set aside and is handed to this group again. */
  readonly replayed?: Topic;
  readonly history: ReadHistory;
  readonly onRejected?: (message: Pick<Message, 'topic' | 'id'>, error: unknown) => void;
}

/** Feeds a processor from its topics: decodes, sets the unreadable aside, keeps the positions beside the cells. */
export async function consume<State>(options: ConsumeOptions<State>): Promise<Subscription> {
  const { processor, step, store, replayed } = options;
  const topics = [...processor.inputs, ...(replayed ? [replayed] : [])];
  const group = processor.name;
  const bugs = new Bugs();
  const take = async (records: readonly LogRecord[], topic: (index: number) => string, at?: Positions) => {
    bugs.stopAtMany();
    const messages = await decoded(records, topic, options);
    const taken = await step.take(messages, at && { group, at });
    for (const { message, outcome, error } of taken)
      if (outcome === 'failed') {
        bugs.count(error);
        options.onRejected?.(message, error);
      }
  };
  return store.log.subscribe({
    group,
    topics,
    async positions() {
      await step.finishAll();
      return (await store.documents.get(positionsCollection, group))?.document.at ?? {};
    },
    handle: ({ records, positions }: Batch) => take(records, (index) => records[index]!.topic, positions),
    async onPositionLost(topic) {
      const declared = topics.find(({ name }) => name === topic)!;
      const end = await store.log.end(declared);
      for await (const records of options.history(topic)) await take(records, () => topic);
      await storePositions(store.documents, { group, at: end });
      return end;
    },
  });
}

const MANY_BUGS = 50;

/** Many records that a bug has set aside: what is broken is the program, and the rest waits for a better one. */
class Bugs {
  #met = 0;
  #last: unknown;

  count(error: unknown): void {
    if (isFault(error)) return;
    this.#met++;
    this.#last = error;
  }

  stopAtMany(): void {
    if (this.#met < MANY_BUGS) return;
    const reason = (this.#last as Error)?.message ?? String(this.#last);
    throw Fault.unavailable(
      'TooManyBugs',
      `${this.#met} records were set aside by a bug, the last with "${reason}": mend it, then start the service again`,
    );
  }
}

async function decoded<State>(
  records: readonly LogRecord[],
  topicOf: (index: number) => string,
  { processor: { types }, store, rejected, replayed, onRejected }: ConsumeOptions<State>,
): Promise<Message[]> {
  const messages: Message[] = [];
  const unreadable: LogRecord[] = [];
  for (const [index, record] of records.entries()) {
    const topic = topicOf(index);
    const again = topic === replayed?.name;
    if (!again && types && !types.includes(record.headers.ce_type ?? '')) continue;
    let arrived: Arrived = { topic, record };
    try {
      if (again) arrived = arrivedAgain(topic, record);
      messages.push(read(arrived));
    } catch (error) {
      unreadable.push(unread(arrived, error));
      onRejected?.({ topic: arrived.topic, id: arrived.record.headers.ce_id ?? '' }, error);
    }
  }
  await store.log.publish(rejected, unreadable);
  return messages;
}

const read = (arrived: Arrived): Message => {
  const { topic, record, replay } = arrived;
  return commandAgain(arrived) ?? { ...messageOf(topic, record), ...(replay && { replay }) };
};

const unread = ({ topic, record, replay }: Arrived, thrown: unknown): LogRecord => {
  const error = isFault(thrown) ? thrown : Fault.invalid('RecordUnreadable', (thrown as Error).message);
  const { key, value, position } = record;
  const place = { topic, ...(position !== undefined && { position }), ...(replay && { replay }) };
  return { key, value, headers: { ...record.headers, ...rejectedHeaders(place, error) } };
};

export function messageOf(topic: string, record: LogRecord & { readonly position?: string }): Message {
  const { id, key, type, sequence, knownAt, source, traceparent } = envelopeOf(record);
  const { value, position } = record;
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  const data: unknown = JSON.parse(text);
  const message = { topic, key, type, sequence, knownAt, id, source, data, value };
  return { ...message, ...(position !== undefined && { position }), ...(traceparent && { traceparent }) };
}
