import { isLeft, storedCell } from './cell.ts';
import { boundsOfDocuments } from './cell-bounds.ts';
import { type CommitRequest, type CommitResult, type StepStore, type StepStores, withPending } from './step-store.ts';

/**
 * Commits through nothing but the ports, one conditional write a cell: what MongoDB and Kafka allow.
 * Effects lie in the cell and are done afterwards, by whoever holds the key.
 */
export const portsStepStore = (stores: StepStores, bounds = boundsOfDocuments): StepStore => ({
  ...stores,
  bounds,
  doneInCommit: [],
  async commit<State>({ cells, prepared, blobs }: CommitRequest<State>): Promise<CommitResult> {
    if (blobs?.length) await stores.blobs.put(blobs);
    const puts = prepared.map((entry) => {
      const cell = storedCell(withPending(entry, []));
      return {
        key: entry.key,
        expected: entry.expected,
        document: isLeft(cell) ? { ...cell, left: 1 as const } : cell,
      };
    });
    const revisions = await stores.documents.putMany(cells, puts);
    const committed = new Set(prepared.filter((_, index) => revisions[index] !== undefined).map(({ key }) => key));
    return { committed, positionsStored: false };
  },
});
