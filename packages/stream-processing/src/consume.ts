import { envelopeOf } from '@quantrac/contracts';
import type { Batch, LogRecord, Positions, ReceivedRecord, Subscription, Topic } from '@quantrac/event-log';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { rejectedHeaders } from './effects.ts';
import type { Message, Processor } from './processor.ts';
import type { Step } from './step.ts';
import { positionsCollection, type StepStore } from './step-store.ts';

/** The same records, ids and sequences that the topic carried, from its owner's store. */
export type ReadHistory = (topic: string) => AsyncIterable<readonly LogRecord[]>;

export interface ConsumeOptions<State> {
  readonly processor: Processor<State>;
  readonly step: Step<State>;
  readonly store: StepStore;
  readonly rejected: Topic;
  readonly history: ReadHistory;
  readonly onRejected?: (message: Pick<Message, 'topic' | 'id'>, error: unknown) => void;
}

/** Feeds a processor from its topics: decodes, sets the unreadable aside, keeps the positions beside the cells. */
export async function consume<State>(options: ConsumeOptions<State>): Promise<Subscription> {
  const { processor, step, store } = options;
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
    topics: processor.inputs,
    async positions() {
      await step.finishAll();
      return (await store.documents.get(positionsCollection, group))?.document.at ?? {};
    },
    handle: ({ records, positions }: Batch) => take(records, (index) => records[index]!.topic, positions),
    async onPositionLost(topic) {
      const declared = processor.inputs.find(({ name }) => name === topic)!;
      const end = await store.log.end(declared);
      for await (const records of options.history(topic)) await take(records, () => topic);
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
  { processor, store, rejected, onRejected }: ConsumeOptions<State>,
): Promise<Message[]> {
  const messages: Message[] = [];
  const unreadable: LogRecord[] = [];
  for (const [index, record] of records.entries()) {
    const topic = topicOf(index);
    if (processor.types && !processor.types.includes(record.headers.ce_type ?? '')) continue;
    try {
      messages.push(messageOf(topic, record));
    } catch (error) {
      const { position } = record as Partial<ReceivedRecord>;
      const headers = { ...record.headers, ...rejectedHeaders({ topic, ...(position && { position }) }, error) };
      unreadable.push({ ...record, headers });
      onRejected?.({ topic, id: record.headers.ce_id ?? '' }, error);
    }
  }
  await store.log.publish(rejected, unreadable);
  return messages;
}

export function messageOf(topic: string, record: LogRecord & { readonly position?: string }): Message {
  const { id, key, type, sequence, knownAt, source, traceparent } = envelopeOf(record);
  const { value, position } = record;
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  const data: unknown = JSON.parse(text);
  const message = { topic, key, type, sequence, knownAt, id, source, data, value };
  return { ...message, ...(position !== undefined && { position }), ...(traceparent && { traceparent }) };
}
