import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { LogRecord, Topic } from '@quantrac/event-log';
import { isFault } from '@quantrac/event-sourcing';
import type { Row } from '@quantrac/time-series';
import type { Pending, PendingCommand, PendingRecord, PendingRow } from './cell.ts';
import { type OnContradicted, tellContradicted } from './contradictions.ts';
import { rejectedHeaders } from './effects.ts';
import type { DocumentOutput } from './processor.ts';
import { recordsOf, type TracedRow } from './published.ts';
import { commandsTo } from './replay.ts';
import type { AtFaultPoint, StepStores } from './step-store.ts';

/** A command that could not be handled was set aside. */
export type OnRefused = (command: PendingCommand, error: unknown) => void;

export type HandleCommand = (command: PendingCommand) => Promise<void>;

export interface DoContext {
  readonly stores: StepStores;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly collections: ReadonlyMap<string, Collection<unknown>>;
  readonly handle: HandleCommand;
  /** Of the records that carry rows. */
  readonly source: string;
  /** Where commands go that cannot be handled. */
  readonly rejected: Topic | undefined;
  /** Told of each of these. */
  readonly onRefused: OnRefused | undefined;
  readonly onContradicted: OnContradicted | undefined;
  readonly at: AtFaultPoint;
}

const encoder = new TextEncoder();

export type PendingCell = { readonly revision: number; readonly pending: Pending };

/**
 * Does what cells committed: rows, then read models, then commands, then records, as stored, never computed again.
 * Each may have been done before: rows are inserted if absent, commands carry their id, records their sequence.
 */
export async function doPending(cells: readonly PendingCell[], context: DoContext): Promise<void> {
  await doWithin(cells, context);
  const rows = cells.flatMap(({ pending }) => pending.rows ?? []);
  const published = rows.filter((row) => row.published).map(toTold);
  for (const [topic, records] of recordsOf(published, context.source))
    await context.stores.log.publish(context.topics.get(topic)!, records);
  await context.at('records done');
}

/** All but the records that carry rows. */
export async function doWithin(cells: readonly PendingCell[], context: DoContext): Promise<void> {
  const { stores, at, onContradicted } = context;
  const rows = cells.flatMap(({ pending }) => pending.rows ?? []).map(toRow);
  const inserted = await stores.series.insert(rows);
  if (inserted < rows.length) await tellContradicted(rows, stores.series, onContradicted);
  await at('rows done');
  await replaceDocuments(cells, context);
  await at('documents done');
  for (const { pending } of cells) for (const command of pending.commands ?? []) await handled(command, context);
  await at('commands done');
  const setAside = cells.flatMap(({ pending }) => pending.records ?? []);
  for (const [topic, records] of byTopic(setAside)) await stores.log.publish(context.topics.get(topic)!, records);
}

const TRIES = 3;

/** A command that its aggregate cannot take must not keep the key's later effects waiting: after some tries it is set aside. */
async function handled(command: PendingCommand, { handle, rejected, stores, onRefused }: DoContext): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await handle(command);
    } catch (error) {
      if (!rejected || (isFault(error) && error.kind === 'unavailable')) throw error;
      if (!isFault(error) && attempt < TRIES) continue;
      const { aggregate, streamId, commandId } = command;
      const headers = { ce_id: commandId, ...rejectedHeaders({ topic: commandsTo(aggregate) }, error) };
      const value = encoder.encode(JSON.stringify(command));
      await stores.log.publish(rejected, [{ key: streamId, headers, value }]);
      return onRefused?.(command, error);
    }
}

export const toRow = ({ text, published: _, traceparent: __, ...row }: PendingRow): Row => ({
  ...row,
  value: encoder.encode(text),
});

/** For its record, which carries more than the store keeps. */
export const toTold = (row: PendingRow): TracedRow =>
  row.traceparent ? { ...toRow(row), traceparent: row.traceparent } : toRow(row);

export function byTopic(records: readonly PendingRecord[]): Map<string, LogRecord[]> {
  const topics = new Map<string, LogRecord[]>();
  for (const { topic, key, headers, text } of records) {
    const record = { key, headers, value: encoder.encode(text) };
    const list = topics.get(topic);
    if (list) list.push(record);
    else topics.set(topic, [record]);
  }
  return topics;
}

interface Replacement {
  readonly key: string;
  /** The revision of the cell that made it. */
  readonly madeBy: number;
  readonly document: unknown;
}

/** A batch of each collection at once; what lost a race is looked at again. */
async function replaceDocuments(cells: readonly PendingCell[], { stores, collections }: DoContext): Promise<void> {
  const wanted = new Map<string, Map<string, Replacement>>();
  for (const { revision, pending } of cells)
    for (const output of pending.documents ?? []) {
      const { collection, documentKey: key } = output;
      const ofCollection = wanted.get(collection) ?? new Map<string, Replacement>();
      wanted.set(collection, ofCollection.set(key, { key, madeBy: revision, document: documentOf(output, revision) }));
    }
  for (const [name, replacements] of wanted)
    for (let left = [...replacements.values()]; left.length > 0; )
      left = await replaceOlder(left, collections.get(name)!, stores.documents);
}

/** A holder that slept must not put an older state over a newer one: the document says which revision of the cell made it. Those that lost a race. */
async function replaceOlder(
  replacements: readonly Replacement[],
  collection: Collection<unknown>,
  documents: DocumentStore,
): Promise<Replacement[]> {
  const keys = replacements.map(({ key }) => key);
  const stored = new Map((await documents.getMany(collection, keys)).map((one) => [one.key, one]));
  const madeBy = (key: string) => (stored.get(key)?.document as { madeBy?: number } | undefined)?.madeBy ?? 0;
  const newer = replacements.filter((one) => madeBy(one.key) < one.madeBy);
  const puts = newer.map(({ key, document }) => ({ key, document, expected: stored.get(key)?.revision ?? 0 }));
  const revisions = await documents.putMany(collection, puts);
  return newer.filter((_, index) => revisions[index] === undefined);
}

/** A removed document stays as a mark, so that it cannot come back. */
export const documentOf = ({ document }: DocumentOutput, madeBy: number): unknown =>
  document === null ? { madeBy, removed: true } : { ...(document as object), madeBy };
