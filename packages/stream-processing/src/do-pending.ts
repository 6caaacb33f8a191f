import type { Collection } from '@quantrac/document-store';
import type { LogRecord, Topic } from '@quantrac/event-log';
import { isFault } from '@quantrac/event-sourcing';
import type { Row } from '@quantrac/time-series';
import type { Pending, PendingCommand, PendingRecord, PendingRow } from './cell.ts';
import { type OnContradicted, tellContradicted } from './contradictions.ts';
import { rejectedHeaders } from './effects.ts';
import type { DocumentOutput } from './processor.ts';
import { recordsOf, type TracedRow } from './published.ts';
import type { AtFaultPoint, StepStores } from './step-store.ts';

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
  for (const { revision, pending } of cells)
    for (const output of pending.documents ?? []) await replaceDocument(output, revision, context);
  await at('documents done');
  for (const { pending } of cells) for (const command of pending.commands ?? []) await handled(command, context);
  await at('commands done');
  const setAside = cells.flatMap(({ pending }) => pending.records ?? []);
  for (const [topic, records] of byTopic(setAside)) await stores.log.publish(context.topics.get(topic)!, records);
}

const TRIES = 3;

/** A command that its aggregate cannot take must not keep the key's later effects waiting: after some tries it is set aside. */
async function handled(command: PendingCommand, { handle, rejected, stores }: DoContext): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await handle(command);
    } catch (error) {
      if (!rejected || (isFault(error) && error.kind === 'unavailable')) throw error;
      if (!isFault(error) && attempt < TRIES) continue;
      const { aggregate, streamId, commandId } = command;
      const headers = { ce_id: commandId, ...rejectedHeaders({ topic: `commands to ${aggregate}` }, error) };
      const value = encoder.encode(JSON.stringify(command));
      return stores.log.publish(rejected, [{ key: streamId, headers, value }]);
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

/** A holder that slept must not put an older state over a newer one: the document says which revision of the cell made it. */
async function replaceDocument(
  output: DocumentOutput,
  revision: number,
  { stores, collections }: DoContext,
): Promise<void> {
  const collection = collections.get(output.collection)!;
  for (;;) {
    const stored = await stores.documents.get(collection, output.documentKey);
    const madeBy = (stored?.document as { madeBy?: number } | undefined)?.madeBy ?? 0;
    if (madeBy >= revision) return;
    const document = documentOf(output, revision);
    const [done] = await stores.documents.putMany(collection, [
      { key: output.documentKey, document, expected: stored?.revision ?? 0 },
    ]);
    if (done !== undefined) return;
  }
}

/** A removed document stays as a mark, so that it cannot come back. */
export const documentOf = ({ document }: DocumentOutput, madeBy: number): unknown =>
  document === null ? { madeBy, removed: true } : { ...(document as object), madeBy };
