import { sequenceOf, toEntry, topicNamed } from '@quantrac/contracts';
import type { Topic } from '@quantrac/event-log';
import { Fault, isFault } from '@quantrac/event-sourcing';
import type { Pending, PendingCommand, PendingRecord, PendingRow } from './cell.ts';
import type { CommandOutput, DocumentOutput, Message, Output, RowOutput } from './processor.ts';

export interface Origin {
  /** The processor; first part of the commands' ids. */
  readonly producer: string;
  readonly epoch: number;
  /** The cell's revision once committed. */
  readonly revision: number;
  /** By output, what its record carries on; sparse. */
  readonly traceparents?: readonly (string | undefined)[];
}

const nothing = new Uint8Array();
const decoder = new TextDecoder();

/** An output that can be committed: a row with the text of its value. */
export type Written = (RowOutput & { readonly text: string }) | DocumentOutput | CommandOutput;

/** Throws for one message what would otherwise be thrown at the commit, for a whole batch and again and again. */
export function written(output: Output): Written {
  if (output.kind !== 'row') return output;
  const { series, time, version, data } = output;
  const text = JSON.stringify(data);
  if (!Number.isFinite(time) || !Number.isFinite(version) || text === undefined)
    throw new Error(`a row of ${series} has time ${time}, version ${version} and value ${text}`);
  return { ...output, text };
}

/** What a key's outputs become: rows, the last state of each read model and commands, each with its sequence. */
export function effectsOf(key: string, outputs: readonly Written[], origin: Origin): Required<Pending> {
  const rows: PendingRow[] = [];
  const documents = new Map<string, DocumentOutput>();
  const commands: PendingCommand[] = [];
  outputs.forEach((output, index) => {
    const sequence = sequenceOf(origin.epoch, origin.revision, index);
    const traceparent = origin.traceparents?.[index];
    if (output.kind === 'row') rows.push(rowOf(key, output, sequence, traceparent));
    else if (output.kind === 'document') documents.set(`${output.collection}\n${output.documentKey}`, output);
    else {
      const commandId = `${origin.producer}/${key}/${sequence}`;
      commands.push({ commandId, ...output, ...(traceparent && { traceparent }) });
    }
  });
  return { rows, documents: [...documents.values()], commands, records: [] };
}

/** What could not be decided goes to the group's rejected topic, with its bytes, envelope, position and the reason. */
export function rejectedRecord(topic: Topic, message: Omit<Message, 'data'>, error: unknown): PendingRecord {
  const { headers } = toEntry(message.topic, { ...message, source: message.source ?? '' }, nothing);
  return {
    topic: topic.name,
    key: message.key,
    headers: { ...headers, ...rejectedHeaders(message, error) },
    text: decoder.decode(message.value),
  };
}

/** Beside a record's own headers. */
export function rejectedHeaders(
  { topic, position = '', replay }: Pick<Message, 'topic' | 'position' | 'replay'>,
  error: unknown,
): Record<string, string> {
  return {
    quantrac_topic: topic,
    quantrac_position: position,
    quantrac_code: isFault(error) ? error.code : 'bug',
    quantrac_reason: String((error as Error)?.message ?? error).slice(0, 1000),
    ...(replay && { quantrac_replay: replay.sequence }),
  };
}

/** Whoever stumbles over a record that is not as its topic declares has no bug: the record is invalid. */
export function causeOf({ topic, type, data }: Pick<Message, 'topic' | 'type' | 'data'>, thrown: unknown): unknown {
  if (isFault(thrown)) return thrown;
  const found = topicNamed(topic)?.records[type]?.safeParse(data);
  if (!found || found.success) return thrown;
  const [issue] = found.error.issues;
  return Fault.invalid('RecordInvalid', `${issue?.path.join('.') || 'the record'}: ${issue?.message}`);
}

function rowOf(
  key: string,
  { topic, collection, series, time, version, knownAt, type, text }: RowOutput & { readonly text: string },
  sequence: string,
  traceparent: string | undefined,
): PendingRow {
  return topic
    ? {
        collection: topic.name,
        key,
        series,
        time,
        version,
        knownAt,
        type,
        sequence,
        text,
        published: true,
        ...(traceparent && { traceparent }),
      }
    : { collection: collection!, key, series, time, version, knownAt, type, sequence, text };
}
