import type { TopicDeclaration } from '@quantrac/contracts';

/** A record as a processor sees it: its envelope and its decoded value. */
export interface Message<Data = unknown> {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly sequence: string;
  /** ms */
  readonly knownAt: number;
  readonly id: string;
  /** Who made it, as its envelope says; undefined: it came from no topic. */
  readonly source?: string;
  /** Where it stood in its topic; undefined: it came from elsewhere. */
  readonly position?: string;
  /** It had been set aside and comes again: it is a repeat by this place, since it lies behind what was taken of its topic. */
  readonly replay?: { readonly topic: string; readonly sequence: string };
  /** W3C trace context of what caused it; decides nothing. */
  readonly traceparent?: string;
  readonly data: Data;
  /** The exact bytes that came. */
  readonly value: Uint8Array;
}

/** The current version of one of the key's own rows, decoded. */
export interface OwnRow<Data = unknown> {
  readonly series: string;
  readonly time: number;
  readonly version: number;
  readonly knownAt: number;
  readonly data: Data;
}

/** Own rows that a decision will look at. Everything it reads through `OwnRows` must lie inside what it asked for. */
export interface Window {
  readonly collection: string;
  readonly series: string;
  /** Inclusive, ms. */
  readonly from: number;
  /** Exclusive, ms; Infinity: to the newest. */
  readonly to: number;
}

export interface OwnRows {
  /** Current versions, ascending by time, in [from, to); includes what this batch has already put there. */
  range<Data>(collection: string, series: string, from: number, to: number): readonly OwnRow<Data>[];
  at<Data>(collection: string, series: string, time: number): OwnRow<Data> | undefined;
}

/** A row of the key in a collection; with a topic it is published too, and History gives it back. */
export interface RowOutput {
  readonly kind: 'row';
  /** The topic that carries it; its name is the row's collection. */
  readonly topic?: TopicDeclaration;
  /** The collection of a row that no topic carries. */
  readonly collection?: string;
  readonly type: string;
  readonly series: string;
  readonly time: number;
  readonly version: number;
  readonly knownAt: number;
  readonly data: unknown;
}

/** A read model of the key, replaced as a whole; `null` removes it. */
export interface DocumentOutput {
  readonly kind: 'document';
  readonly collection: string;
  /** Declared in the processor's `documents`. */
  readonly documentKey: string;
  readonly document: unknown;
}

/** A command to an aggregate of the same service, handled after the commit, at least once, with the same id. */
export interface CommandOutput {
  readonly kind: 'command';
  readonly aggregate: string;
  readonly streamId: string;
  readonly command: unknown;
  /** ms: when what led to it became known. */
  readonly knownAt: number;
  /** Of one that goes out again: its first. */
  readonly commandId?: string;
}

export type Output = RowOutput | DocumentOutput | CommandOutput;

export interface Decision<State> {
  readonly state: State;
  readonly outputs: readonly Output[];
  /** Told to whoever handed in the message, once it is committed. */
  readonly answer?: unknown;
}

/**
 * A stream processor: one cell a key, decided by pure functions (DESIGN 5.1).
 * Where the log cuts its batches cannot change what it puts out.
 */
export interface Processor<State> {
  readonly name: string;
  readonly inputs: readonly TopicDeclaration[];
  /** Types of records it decides about; undefined: all of its inputs. */
  readonly types?: readonly string[];
  readonly initial: State;
  /** Documents that `DocumentOutput` names, with the fields they are found by. */
  readonly documents?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** The own rows that deciding about this message looks at. */
  readonly lookback?: (state: State, message: Message) => readonly Window[];
  /**
   * False: the message and those of its topic behind it wait in the cell until a later message makes it true
   * (a set that needs a newer station record). They are decided in their order, then.
   */
  readonly ready?: (state: State, message: Message) => boolean;
  /** Reads no clock, no network, no other store. What it, `ready` or `lookback` throws sets the message aside, nothing else. */
  readonly decide: (state: State, message: Message, rows: OwnRows) => Decision<State>;
  /** Rows older than this behind the newest row of a series leave the memory, not the store; ms. Default 3 h. */
  readonly keepInMemoryMs?: number;
}
