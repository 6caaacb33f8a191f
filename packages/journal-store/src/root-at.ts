import {
  continued,
  decodeBlock,
  type Edge,
  edgeFromBytes,
  emptyEdge,
  emptyRoot,
  encodeBlock,
  type Hash,
  hashFromBytes,
  hashToBytes,
  rootOf,
} from '@quantrac/journal';
import type { JournalStore, StoredBlock } from './journal-store.ts';

/** The root that a journal had at a size; `undefined`: it never was so long. */
export async function rootAt(store: JournalStore, journal: string, size: number): Promise<Hash | undefined> {
  if (size === 0) return emptyRoot;
  const [stored] = await store.blocks(journal, size, 1);
  if (!stored) return undefined;
  const { first, count, root } = stored;
  return first + count - 1 === size ? hashFromBytes(root) : rootOf((await cut(stored, first, size)).edge);
}

/** The edge at a journal's end. */
export async function edgeOf(store: JournalStore, journal: string): Promise<Edge> {
  const head = await store.head(journal);
  return head ? edgeFromBytes(head.size, head.edge) : emptyEdge;
}

/** The records of a block from `from` to `to`, as a block of their own. */
export async function cutBlock(
  stored: StoredBlock,
  from: number,
  to: number,
): Promise<Pick<StoredBlock, 'first' | 'count' | 'block' | 'root'>> {
  if (from === stored.first && to === stored.first + stored.count - 1) return stored;
  const { records, edge } = await cut(stored, from, to);
  return { first: from, count: records.length, block: await encodeBlock(records), root: hashToBytes(rootOf(edge)) };
}

/** A block's records in a range, and the edge behind them. */
async function cut({ first, edgeBefore, block }: StoredBlock, from: number, to: number) {
  const upTo = (await decodeBlock(block)).slice(0, to - first + 1);
  const edge = continued(
    edgeFromBytes(first - 1, edgeBefore),
    upTo.map(({ leaf }) => leaf),
  );
  return { records: upTo.slice(from - first), edge };
}
