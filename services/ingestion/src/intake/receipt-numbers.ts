import type { Collection, DocumentStore } from '@quantrac/document-store';

const counters: Collection<{ next: number }> = { name: 'counters' };
const RESERVED_AT_ONCE = 1000;
/** So long numbers are kept for use: those of two instances rise together, or a later file could have a lower one. */
const KEPT_MS = 1000;

/** More than a node gives in one epoch: one file a second for thirty years. */
const OF_AN_EPOCH = 1_000_000_000;

/**
 * Numbers of receipts: unique in the node over all instances, restarts and stores that were put back to an earlier copy, which raise the
 * epoch: what was told of a receipt that is lost must not name another. Rising in time to within a second, with gaps.
 */
export function receiptNumbers(
  documents: Pick<DocumentStore, 'get' | 'putMany'>,
  epoch: () => number,
): { take(): Promise<number> } {
  let next = 0;
  let end = 0;
  let until = 0;
  let reserving: Promise<void> | undefined;
  const reserve = async () => {
    for (;;) {
      const stored = await documents.get(counters, 'receipts');
      const from = Math.max(stored?.document.next ?? 1, (epoch() - 1) * OF_AN_EPOCH + 1);
      const document = { next: from + RESERVED_AT_ONCE };
      const [done] = await documents.putMany(counters, [
        { key: 'receipts', document, expected: stored?.revision ?? 0 },
      ]);
      if (done === undefined) continue;
      [next, end, until] = [from, document.next, performance.now() + KEPT_MS];
      return;
    }
  };
  return {
    async take() {
      while (next === end || performance.now() > until) {
        reserving ??= reserve().finally(() => {
          reserving = undefined;
        });
        await reserving;
      }
      return next++;
    },
  };
}
