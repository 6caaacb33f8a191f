import assert from 'node:assert/strict';
import { sequenceOf, type TopicDeclaration } from '@quantrac/contracts';
import type {
  CommandOutput,
  Message,
  Output,
  OwnRow,
  OwnRows,
  Processor,
  RowOutput,
  Window,
} from '@quantrac/stream-processing';

/** A record as a test writes it. */
export interface Fed {
  readonly topic: TopicDeclaration;
  readonly key: string;
  readonly type: string;
  /** ms; default 0. */
  readonly knownAt?: number;
  readonly data: unknown;
}

export interface Driven<State> {
  /** Decides about one record, or parks it; what it and the parked ones behind it put out. */
  readonly take: (fed: Fed) => readonly Output[];
  /** Current versions, ascending by series and time; all series of the key where none is named. */
  readonly rows: <Data>(collection: string, key: string, series?: string) => readonly OwnRow<Data>[];
  /** Every version ever put, in the order of the decisions. */
  readonly versions: <Data>(
    collection: string,
    key: string,
    series?: string,
  ) => readonly (RowOutput & { readonly data: Data })[];
  readonly documents: <Document>(collection: string) => ReadonlyMap<string, Document>;
  readonly commands: readonly CommandOutput[];
  readonly state: (key: string) => State;
}

interface Cell<State> {
  state: State;
  parked: Message[];
  readonly put: RowOutput[];
  /** Current rows by collection and series, ascending by time. */
  readonly current: Map<string, OwnRow[]>;
}

/** Runs a processor in memory as the engine does: rows only inside the lookback, what is not ready waits, state and rows are JSON. */
export function driveProcessor<State>(processor: Processor<State>): Driven<State> {
  const cells = new Map<string, Cell<State>>();
  const documents = new Map<string, Map<string, unknown>>();
  const commands: CommandOutput[] = [];
  let taken = 0;

  const cellOf = (key: string): Cell<State> => {
    const cell = cells.get(key) ?? { state: processor.initial, parked: [], put: [], current: new Map() };
    cells.set(key, cell);
    return cell;
  };
  const decide = (cell: Cell<State>, message: Message): readonly Output[] => {
    const windows = processor.lookback?.(cell.state, message) ?? [];
    const { state, outputs } = processor.decide(cell.state, message, ownRows(cell.current, windows));
    cell.state = asJson(state);
    for (const output of outputs) {
      if (output.kind === 'row') place(cell, { ...output, data: asJson(output.data) });
      else if (output.kind === 'command') commands.push({ ...output, command: asJson(output.command) });
      else documentsOf(documents, output.collection).set(output.documentKey, asJson(output.document));
    }
    return outputs;
  };
  const waits = (cell: Cell<State>, message: Message, before: readonly Message[]): boolean =>
    processor.ready !== undefined &&
    (before.some(({ topic }) => topic === message.topic) || !processor.ready(cell.state, message));
  const unpark = (cell: Cell<State>): readonly Output[] => {
    const index = cell.parked.findIndex((message, at) => !waits(cell, message, cell.parked.slice(0, at)));
    if (index < 0) return [];
    const [message] = cell.parked.splice(index, 1);
    return [...decide(cell, message!), ...unpark(cell)];
  };

  return {
    take(fed) {
      const message = messageOf(fed, ++taken);
      if (!processor.inputs.some(({ name }) => name === message.topic)) assert.fail(`${message.topic} is no input`);
      if (processor.types && !processor.types.includes(message.type)) return [];
      const cell = cellOf(message.key);
      if (waits(cell, message, cell.parked)) {
        cell.parked.push(message);
        return [];
      }
      return [...decide(cell, message), ...unpark(cell)];
    },
    rows: <Data>(collection: string, key: string, series?: string) =>
      [...cellOf(key).current]
        .filter(([name]) =>
          series === undefined ? name.startsWith(nameOf(collection, '')) : name === nameOf(collection, series),
        )
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, rows]) => rows) as readonly OwnRow<Data>[],
    versions: <Data>(collection: string, key: string, series?: string) =>
      cellOf(key).put.filter(inside(collection, series)) as (RowOutput & { readonly data: Data })[],
    documents: <Document>(collection: string) =>
      documentsOf(documents, collection) as ReadonlyMap<string, unknown> as ReadonlyMap<string, Document>,
    commands,
    state: (key) => cellOf(key).state,
  };
}

/** As it will be read back from a store. */
const asJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

function messageOf({ topic, key, type, knownAt = 0, data }: Fed, number: number): Message {
  const sequence = sequenceOf(1, number, 0);
  const value = Buffer.from(JSON.stringify(data));
  return { topic: topic.name, key, type, sequence, knownAt, id: `${topic.name}/${key}/${sequence}`, data, value };
}

const collectionOf = ({ topic, collection }: RowOutput): string => topic?.name ?? collection!;

const inside = (collection: string, series?: string) => (row: RowOutput) =>
  collectionOf(row) === collection && (series === undefined || row.series === series);

const nameOf = (collection: string, series: string): string => `${collection}\n${series}`;

/** The highest version of each series and time is current; an equal one does not replace it. */
function place({ put, current }: Cell<unknown>, output: RowOutput): void {
  put.push(output);
  const { series, time, version, knownAt, data } = output;
  const name = nameOf(collectionOf(output), series);
  const rows = current.get(name) ?? [];
  const known = rows.find((row) => row.time === time);
  if (known && known.version >= version) return;
  const row: OwnRow = { series, time, version, knownAt, data };
  const others = known ? rows.filter((other) => other !== known) : rows;
  const after = others.findIndex((other) => other.time > time);
  current.set(name, after < 0 ? [...others, row] : others.toSpliced(after, 0, row));
}

function ownRows(current: ReadonlyMap<string, readonly OwnRow[]>, windows: readonly Window[]): OwnRows {
  const range = <Data>(collection: string, series: string, from: number, to: number): readonly OwnRow<Data>[] => {
    const asked = windows.some(
      (window) =>
        window.collection === collection && window.series === series && window.from <= from && to <= window.to,
    );
    if (!asked) assert.fail(`rows of ${collection} ${series} from ${from} to ${to} were read but not asked for`);
    const rows = (current.get(nameOf(collection, series)) ?? []) as readonly OwnRow<Data>[];
    return rows.filter(({ time }) => time >= from && time < to);
  };
  return {
    range,
    at: <Data>(collection: string, series: string, time: number) =>
      range<Data>(collection, series, time, time + 1).find((row) => row.time === time),
  };
}

function documentsOf(documents: Map<string, Map<string, unknown>>, collection: string): Map<string, unknown> {
  const known = documents.get(collection) ?? new Map<string, unknown>();
  documents.set(collection, known);
  return known;
}
