import { envelopeOf } from '@quantrac/contracts';
import type { Batch, LogRecord, Positions, ReceivedRecord, Subscription, Topic } from '@quantrac/event-log';
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
  const take = async (records: readonly LogRecord[], topic: (index: number) => string, at?: Positions) => {
    const messages = await decoded(records, topic, options);
    const taken = await step.take(messages, at && { group, at });
    for (const { message, outcome, error } of taken) if (outcome === 'failed') options.onRejected?.(message, error);
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
      const named = {
        topic,
        id: record.headers.ce_id ?? '',
        type: record.headers.ce_type ?? '',
        sequence: record.headers.ce_sequence ?? '',
      };
      const position = (record as ReceivedRecord).position ?? '';
      unreadable.push({ ...record, headers: { ...rejectedHeaders(named, error), quantrac_position: position } });
      onRejected?.(named, error);
    }
  }
  await store.log.publish(rejected, unreadable);
  return messages;
}

export function messageOf(topic: string, record: LogRecord): Message {
  const { id, key, type, sequence, knownAt } = envelopeOf(record);
  const { value } = record;
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  return { topic, key, type, sequence, knownAt, id, data: JSON.parse(text), value };
}
