import type { Blob, BlobStore } from '@quantrac/blob-store';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog, Positions, Topic } from '@quantrac/event-log';
import type { TimeSeries } from '@quantrac/time-series';
import type { Cell, Pending, Prepared, StoredCell } from './cell.ts';
import type { CellBounds } from './cell-bounds.ts';
import type { OnContradicted } from './contradictions.ts';

export interface StepStores {
  readonly documents: DocumentStore;
  readonly series: TimeSeries;
  readonly log: EventLog;
  readonly blobs: BlobStore;
}

export interface CommitRequest<State> {
  readonly cells: Collection<StoredCell<State>>;
  readonly prepared: readonly Prepared<State>[];
  /** `urn:quantrac:node:<id>`, of the records that carry rows. */
  readonly source: string;
  /** Where the group stands once all of this is committed. */
  readonly positions?: GroupPositions | undefined;
  /** Bytes that must be there when the cells are. */
  readonly blobs?: readonly Blob[] | undefined;
  /** By name, every topic and collection that effects mention. */
  readonly topics: ReadonlyMap<string, Topic>;
  readonly collections: ReadonlyMap<string, Collection<unknown>>;
  readonly onContradicted: OnContradicted | undefined;
}

export interface GroupPositions {
  readonly group: string;
  readonly at: Positions;
}

export interface CommitResult {
  /** Keys that are not here lost a race: load them and decide again. */
  readonly committed: ReadonlySet<string>;
  readonly positionsStored: boolean;
}

/** How decided cells become durable, and which of their effects are done in that same moment. */
export interface StepStore extends StepStores {
  commit<State>(request: CommitRequest<State>): Promise<CommitResult>;
  readonly doneInCommit: readonly (keyof Pending)[];
  /** Where a cell is one document with what its commit does not do; absent: it may come to anything. */
  readonly bounds?: CellBounds;
}

/** Names of the moments between two actions of a step, for tests that stop there. */
export type FaultPoint =
  | 'decided'
  | 'committed'
  | 'rows done'
  | 'documents done'
  | 'commands done'
  | 'records done'
  | 'marked done'
  | 'position stored';

export type AtFaultPoint = (point: FaultPoint) => void | Promise<void>;

export const positionsCollection: Collection<{ at: Positions }> = { name: 'positions' };

/** Each member of a group stores what it has moved. */
export async function storePositions(documents: DocumentStore, { group, at }: GroupPositions): Promise<void> {
  for (;;) {
    const stored = await documents.get(positionsCollection, group);
    const document = { at: { ...stored?.document.at, ...at } };
    const [done] = await documents.putMany(positionsCollection, [
      { key: group, document, expected: stored?.revision ?? 0 },
    ]);
    if (done !== undefined) return;
  }
}

/** What of the effects is left when those are done; undefined: nothing. */
export function without(effects: Required<Pending>, done: readonly (keyof Pending)[]): Pending | undefined {
  let left: Pending | undefined;
  for (const name in effects) {
    const list = effects[name as keyof Pending];
    if (list.length > 0 && !done.includes(name as keyof Pending)) left = { ...left, [name]: list };
  }
  return left;
}

export const withPending = <State>(
  { cell, effects }: Prepared<State>,
  done: readonly (keyof Pending)[],
): Cell<State> => {
  const pending = without(effects, done);
  return pending ? { ...cell, pending } : cell;
};
