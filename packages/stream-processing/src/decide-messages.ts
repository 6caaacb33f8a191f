import type { Topic } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import type { Cell, ParkedMessage, PendingRecord } from './cell.ts';
import { type CellBounds, charactersOf, charactersWaiting } from './cell-bounds.ts';
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
  /** Of the outputs, and of what is set aside; counted where cells are bounded. */
  characters: number;
  /** Of what waits. */
  waiting: number;
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
  /** Absent: a cell may come to anything. */
  readonly bounds?: CellBounds | undefined;
  /** Told of what waited and could not be decided when it was its turn. */
  readonly onFailed: (taken: Taken) => void;
}

/** Its turn has ended: what it has is committed, and the rest decided from there. */
export const isFull = ({ characters }: Pick<Work<unknown>, 'characters'>, bounds: CellBounds | undefined): boolean =>
  bounds !== undefined && characters >= bounds.turn;

const decoder = new TextDecoder();

/** Decides a key's messages in order until rows are missing, and answers which, or its turn has ended. */
export function decideMessages<State>(
  work: Work<State>,
  results: Map<Message, Taken>,
  deciding: Deciding<State>,
): readonly Missing[] {
  for (; work.next < work.messages.length; work.next++) {
    if (isFull(work, deciding.bounds)) return [];
    const message = work.messages[work.next]!;
    if (isRepeat(work, message)) {
      results.set(message, { message, outcome: 'repeat' });
      continue;
    }
    const behindOthers = work.parked.some(({ topic }) => topic === message.topic);
    const taken = takeOne(work, message, behindOthers, deciding);
    if (Array.isArray(taken)) return taken;
    results.set(message, taken === 'waits' ? park(work, message, deciding) : (taken as Taken));
    const { topic, sequence } = placeOf(message);
    if (sequence) work.taken[topic] = sequence;
    work.moved = true;
    // by what waits too nothing becomes decidable
    const missing = taken === 'waits' ? [] : unpark(work, deciding);
    if (missing.length > 0) {
      work.next++;
      return missing;
    }
  }
  return unpark(work, deciding);
}

/** What became of it, that it must wait, or which rows are missing; whatever it throws sets the message aside and nothing else. */
function takeOne<State>(
  work: Work<State>,
  message: Message,
  behindOthers: boolean,
  { processor, rejected, bounds }: Deciding<State>,
): Taken | 'waits' | readonly Missing[] {
  const { ready, lookback, decide } = processor;
  try {
    if (behindOthers || (ready && !ready(work.state, message))) return 'waits';
    const missing = lookback ? work.live.rows.missing(lookback(work.state, message)) : [];
    if (missing.length > 0) return missing;
    const { state, outputs, answer } = decide(work.state, message, work.live.rows);
    const all = outputs.map(written);
    if (bounds) work.characters += charactersWithin(all, bounds);
    work.state = state;
    for (const output of all) {
      if (message.traceparent) work.causes[work.outputs.length] = message.traceparent;
      work.outputs.push(output);
      if (output.kind === 'row') work.live.rows.put(output);
    }
    return { message, outcome: 'taken', answer };
  } catch (thrown) {
    return failed(work, message, causeOf(message, thrown), rejected);
  }
}

/** Set aside; what came from no topic is told to whoever handed it in. */
function failed(work: Work<unknown>, message: Message, error: unknown, rejected: Topic | undefined): Taken {
  if (rejected && message.sequence) {
    const record = rejectedRecord(rejected, message, error);
    work.rejected.push(record);
    work.characters += record.text.length;
  }
  return { message, outcome: 'failed', error };
}

/** A later message may make it decidable. */
function park<State>(work: Work<State>, message: Message, { bounds, rejected }: Deciding<State>): Taken {
  const characters = charactersWaiting(message.value);
  if (bounds && work.waiting + characters > bounds.waiting) {
    const reason = `so much of ${message.key} waits already that it cannot wait too: replay it once that is taken`;
    return failed(work, message, Fault.invalid('TooMuchWaits', reason), rejected);
  }
  work.parked.push(parkedOf(message));
  work.waiting += characters;
  return { message, outcome: 'taken' };
}

function charactersWithin(outputs: readonly Written[], { one }: CellBounds): number {
  const characters = outputs.reduce((sum, output) => sum + charactersOf(output), 0);
  if (characters <= one) return characters;
  throw Fault.invalid(
    'TooMuchAtOnce',
    `it leads to ${characters} characters of effects, of ${one} that one commit takes`,
  );
}

/** Decides what waited, as far as it can be decided now, each topic in its order; answers which rows are missing for it. */
function unpark<State>(work: Work<State>, deciding: Deciding<State>): readonly Missing[] {
  const waitStill = new Set<string>();
  for (let index = 0; index < work.parked.length && !isFull(work, deciding.bounds); ) {
    const waiting = work.parked[index]!;
    if (waitStill.has(waiting.topic)) {
      index++;
      continue;
    }
    const message = unparked(waiting);
    const taken = takeOne(work, message, false, deciding);
    if (Array.isArray(taken)) return taken;
    if (taken === 'waits') {
      waitStill.add(waiting.topic);
      continue;
    }
    if ((taken as Taken).outcome === 'failed') deciding.onFailed(taken as Taken);
    work.parked.splice(index, 1);
    work.waiting -= charactersWaiting(message.value);
    work.moved = true;
    index = 0;
    waitStill.clear();
  }
  return [];
}

const placeOf = (message: Message): Pick<Message, 'topic' | 'sequence'> => message.replay ?? message;

function isRepeat({ taken }: Work<unknown>, message: Message): boolean {
  const { topic, sequence } = placeOf(message);
  return sequence !== '' && (taken[topic] ?? '') >= sequence;
}

const parkedOf = ({ data: _, value, ...message }: Message): ParkedMessage => ({
  ...message,
  text: decoder.decode(value),
});

const unparked = ({ text, ...message }: ParkedMessage): Message => ({
  ...message,
  data: JSON.parse(text),
  value: new TextEncoder().encode(text),
});
