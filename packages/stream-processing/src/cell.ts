import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LogRecord } from '@quantrac/event-log';
import type { Row } from '@quantrac/time-series';
import type { CommandOutput, DocumentOutput, Message } from './processor.ts';

/** One key's place in a processor: what it decided from, what it has taken, what is still to do. */
export interface Cell<State> {
  readonly state: State;
  /** By topic, the highest sequence taken; at or below it is a repeat. */
  readonly taken: Readonly<Record<string, string>>;
  /** Messages that wait for a later one, in order. */
  readonly parked?: readonly ParkedMessage[];
  /** In which epoch it was told last; absent: the first. */
  readonly epoch?: number;
  /** Effects committed with this cell and not done yet. */
  readonly pending?: Pending;
  /** By topic, the sequence behind which rows of earlier commits are not published yet; absent: all are. */
  readonly untold?: Untold;
  /** Something of this is left to do: what such cells are found by. */
  readonly left?: 1;
}

/** A cell as it lies in a document: what waits in it is packed where it is much. */
export interface StoredCell<State> extends Omit<Cell<State>, 'parked'> {
  readonly parked?: readonly ParkedMessage[] | string;
}

const PACKED_FROM_CHARACTERS = 256 << 10;

export function storedCell<State>(cell: Cell<State>): StoredCell<State> {
  const { parked = [] } = cell;
  const characters = parked.reduce((sum, { text }) => sum + text.length, 0);
  if (characters < PACKED_FROM_CHARACTERS) return cell;
  return { ...cell, parked: zstdCompressSync(JSON.stringify(parked)).toString('base64') };
}

export function cellOfStored<State>({ parked, ...cell }: StoredCell<State>): Cell<State> {
  if (parked === undefined) return cell;
  const unpacked = (packed: string): readonly ParkedMessage[] =>
    JSON.parse(zstdDecompressSync(Buffer.from(packed, 'base64')).toString());
  return { ...cell, parked: typeof parked === 'string' ? unpacked(parked) : parked };
}

export const isLeft = ({ pending, untold }: StoredCell<unknown>): boolean =>
  pending !== undefined || untold !== undefined;

/** The cell once nothing is left to do. */
export function withoutLeft<State>({ pending: _, untold: __, left: ___, ...done }: Cell<State>): Cell<State> {
  return done;
}

export type Untold = Readonly<Record<string, string>>;

export interface ParkedMessage extends Omit<Message, 'data' | 'value'> {
  readonly text: string;
}

/** In the order in which they are done; `records` are those that are no rows: what is set aside. */
export interface Pending {
  readonly rows?: readonly PendingRow[];
  readonly documents?: readonly DocumentOutput[];
  readonly commands?: readonly PendingCommand[];
  readonly records?: readonly PendingRecord[];
}

export interface PendingCommand extends CommandOutput {
  readonly commandId: string;
  /** Of what it came of; stored beside its events, for the record that tells them. */
  readonly traceparent?: string;
}

/** A row whose value is text, so that it can lie in a document. */
export interface PendingRow extends Omit<Row, 'value'> {
  readonly text: string;
  /** The topic of the same name as its collection carries it too. */
  readonly published?: true;
  /** In the header of the record that carries it, nowhere else. */
  readonly traceparent?: string;
}

export interface PendingRecord extends Omit<LogRecord, 'value'> {
  readonly topic: string;
  readonly text: string;
}

/** What one key decided in a batch, ready to be committed. */
export interface Prepared<State> {
  readonly key: string;
  /** The revision of the cell that was decided from; 0: none. */
  readonly expected: number;
  readonly cell: Cell<State>;
  readonly effects: Required<Pending>;
}
