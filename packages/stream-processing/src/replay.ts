import { envelopeOf, type RecordReplayed, recordReplayed } from '@quantrac/contracts';
import type { LogRecord } from '@quantrac/event-log';
import type { CommandOutput, Message, Processor } from './processor.ts';

/** A record with the topic that it is decided under. */
export interface Arrived extends Pick<Message, 'replay'> {
  readonly topic: string;
  readonly record: LogRecord & { readonly position?: string };
}

const COMMANDS = 'commands to ';

/** What stands in place of a topic where a command was set aside. */
export const commandsTo = (aggregate: string): string => `${COMMANDS}${aggregate}`;

const commandId = /^[^/]*\/(?<key>.*)\/[^/]*$/s;

/** The cell that takes a record again: a command was keyed by its stream, its id names the cell that put it out. */
export const cellOf = (topic: string, { key, headers }: Pick<LogRecord, 'key' | 'headers'>): string =>
  topic.startsWith(COMMANDS) ? (commandId.exec(headers.ce_id ?? '')?.groups?.key ?? key) : key;

/** The record as it came first. What it is a repeat of is told by its place in the topic that brings it again. */
export function arrivedAgain(topic: string, record: LogRecord): Arrived {
  const { sequence } = envelopeOf(record);
  const again: RecordReplayed = recordReplayed.parse(JSON.parse(Buffer.from(record.value).toString('utf8')));
  const { key, headers, position } = again;
  return {
    topic: again.topic,
    record: { key, headers, value: Buffer.from(again.value, 'base64'), ...(position !== '' && { position }) },
    replay: { topic, sequence },
  };
}

type CommandAgain = Message<CommandOutput & { readonly commandId: string }>;

const isCommand = (message: Message): message is CommandAgain => message.topic.startsWith(COMMANDS);

/** A command as it was set aside has no envelope of its own. */
export function commandAgain({ topic, record, replay }: Arrived): CommandAgain | undefined {
  if (!topic.startsWith(COMMANDS) || !replay) return undefined;
  const { key, value } = record;
  const data = JSON.parse(Buffer.from(value).toString('utf8')) as CommandAgain['data'];
  const { commandId: id, knownAt } = data;
  return { topic, key, type: 'Command', sequence: replay.sequence, knownAt, id, data, value, replay };
}

/** A processor that also puts out again, under its first id, what an aggregate could not take. */
export const withCommandsAgain = <State>(processor: Processor<State>): Processor<State> => {
  const { lookback, ready, decide } = processor;
  return {
    ...processor,
    ...(lookback && { lookback: (state, message) => (isCommand(message) ? [] : lookback(state, message)) }),
    ...(ready && { ready: (state, message) => isCommand(message) || ready(state, message) }),
    decide: (state, message, rows) =>
      isCommand(message) ? { state, outputs: [message.data] } : decide(state, message, rows),
  };
};
