import type { Topic } from '@quantrac/event-log';
import type { Cell, ParkedMessage, PendingRecord } from './cell.ts';
import { causeOf, rejectedRecord, type Written, written } from './effects.ts';
import type { HeldRows, Missing } from './held-rows.ts';
import type { Message, Processor } from './processor.ts';

/** One key as this instance knows it. */
export interface Live<State> {
  readonly key: string;
  revision: number;
  cell: Cell<State>;
  readonly rows: HeldRows;
}

/** A key's share of a batch while it is decided. */
export interface Work<State> {
  readonly live: Live<State>;
  readonly messages: readonly Message[];
  next: number;
  state: State;
  taken: Record<string, string>;
  parked: ParkedMessage[];
  readonly outputs: Written[];
  /** By output, the trace context of the message that it came of; sparse. */
  readonly causes: (string | undefined)[];
  readonly rejected: PendingRecord[];
  moved: boolean;
}

/** What became of one message. */
export interface Taken {
  readonly message: Message;
  readonly outcome: 'taken' | 'repeat' | 'failed';
  readonly answer?: unknown;
  readonly error?: unknown;
}

export interface Deciding<State> {
  readonly processor: Processor<State>;
  /** Where messages go that it cannot decide about. */
  readonly rejected?: Topic;
}

const decoder = new TextDecoder();

/** Decides a key's messages in order until rows are missing; answers which. */
export function decideMessages<State>(
  work: Work<State>,
  results: Map<Message, Taken>,
  deciding: Deciding<State>,
): readonly Missing[] {
  for (; work.next < work.messages.length; work.next++) {
    const message = work.messages[work.next]!;
    if (isRepeat(work, message)) {
      results.set(message, { message, outcome: 'repeat' });
      continue;
    }
    const taken = takeOne(work, message, parkedBefore(work, message, work.parked.length), deciding);
    if (Array.isArray(taken)) return taken;
    if (taken === 'waits') work.parked.push(parkedOf(message));
    results.set(message, taken === 'waits' ? { message, outcome: 'taken' } : (taken as Taken));
    const { topic, sequence } = placeOf(message);
    if (sequence) work.taken[topic] = sequence;
    work.moved = true;
    const unparked = unpark(work, deciding);
    if (unparked.length > 0) {
      work.next++;
      return unparked;
    }
  }
  return unpark(work, deciding);
}

/** What became of it, that it must wait, or which rows are missing; whatever it throws sets the message aside and nothing else. */
function takeOne<State>(
  work: Work<State>,
  message: Message,
  behindOthers: boolean,
  { processor, rejected }: Deciding<State>,
): Taken | 'waits' | readonly Missing[] {
  const { ready, lookback, decide } = processor;
  try {
    if (behindOthers || (ready && !ready(work.state, message))) return 'waits';
    const missing = lookback ? work.live.rows.missing(lookback(work.state, message)) : [];
    if (missing.length > 0) return missing;
    const { state, outputs, answer } = decide(work.state, message, work.live.rows);
    const all = outputs.map(written);
    work.state = state;
    for (const output of all) {
      if (message.traceparent) work.causes[work.outputs.length] = message.traceparent;
      work.outputs.push(output);
      if (output.kind === 'row') work.live.rows.put(output);
    }
    return { message, outcome: 'taken', answer };
  } catch (thrown) {
    const error = causeOf(message, thrown);
    // what came from no topic is told to whoever handed it in
    if (rejected && message.sequence) work.rejected.push(rejectedRecord(rejected, message, error));
    return { message, outcome: 'failed', error };
  }
}

/** Decides what waited, as far as it can be decided now; answers which rows are missing for it. */
function unpark<State>(work: Work<State>, deciding: Deciding<State>): readonly Missing[] {
  for (let index = 0; index < work.parked.length; ) {
    const waiting = work.parked[index]!;
    const taken = takeOne(work, unparked(waiting), parkedBefore(work, waiting, index), deciding);
    if (Array.isArray(taken)) return taken;
    if (taken === 'waits') {
      index++;
      continue;
    }
    work.parked.splice(index, 1);
    work.moved = true;
    index = 0;
  }
  return [];
}

const placeOf = (message: Message): Pick<Message, 'topic' | 'sequence'> => message.replay ?? message;

function isRepeat({ taken }: Work<unknown>, message: Message): boolean {
  const { topic, sequence } = placeOf(message);
  return sequence !== '' && (taken[topic] ?? '') >= sequence;
}

/** A message of its topic waits already: it waits behind that. */
const parkedBefore = ({ parked }: Work<unknown>, { topic }: Pick<Message, 'topic'>, index: number): boolean =>
  index > 0 && parked.slice(0, index).some((waiting) => waiting.topic === topic);

const parkedOf = ({ data: _, value, ...message }: Message): ParkedMessage => ({
  ...message,
  text: decoder.decode(value),
});

const unparked = ({ text, ...message }: ParkedMessage): Message => ({
  ...message,
  data: JSON.parse(text),
  value: new TextEncoder().encode(text),
});
