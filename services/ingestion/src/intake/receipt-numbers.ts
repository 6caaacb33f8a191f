import type { Collection, DocumentStore } from '@quantrac/document-store';

const counters: Collection<{ next: number }> = { name: 'counters' };
const RESERVED_AT_ONCE = 10_000;

/** Numbers of receipts: unique in the node over all instances and restarts, rising in each, with gaps. */
export function receiptNumbers(documents: DocumentStore): { take(): Promise<number> } {
  let next = 0;
  let end = 0;
  const reserve = async (count: number) => {
    for (;;) {
      const stored = await documents.get(counters, 'receipts');
      const from = stored?.document.next ?? 1;
      const to = from + count;
      const [done] = await documents.putMany(counters, [
        { key: 'receipts', document: { next: to }, expected: stored?.revision ?? 0 },
      ]);
      if (done !== undefined) return { from, to };
    }
  };
  let reserving: Promise<void> | undefined;
  const refill = async () => {
    const { from, to } = await reserve(RESERVED_AT_ONCE);
    next = from;
    end = to;
    reserving = undefined;
  };
  return {
    async take() {
      while (next === end) {
        reserving ??= refill();
        await reserving;
      }
      return next++;
    },
  };
}
