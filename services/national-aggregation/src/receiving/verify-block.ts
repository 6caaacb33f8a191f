import { laneOf } from '@quantrac/contracts/identity';
import {
  BlockUnreadable,
  continued,
  decodeBlock,
  discontinuity,
  type Edge,
  edgeToBytes,
  hashFromBytes,
  type JournalRecord,
  rootOf,
} from '@quantrac/journal';
import type { Append, Taken } from '@quantrac/journal-store';

/** A block as it came. */
export interface ReceivedBlock {
  readonly first: number;
  readonly count: number;
  readonly block: Uint8Array;
  /** The root that the sender has after it. */
  readonly root: Uint8Array;
}

/** What is told to a sender whose journal cannot go on; the number is that of the record that was refused or is missing. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

export interface Verified {
  readonly records: readonly JournalRecord[];
  readonly edge: Edge;
  readonly append: Append;
}

/** Whether a block continues a journal that ends with this edge: its numbers, leaves, payloads, sequences and root. */
export async function verifyBlock(
  journal: string,
  edge: Edge,
  { first, count, block, root }: ReceivedBlock,
): Promise<Verified | Refused> {
  const at = edge.size + 1;
  const records = await recordsOf(block);
  if (!Array.isArray(records)) return { code: 'BlockUnreadable', message: records as string, at };
  if (records.length === 0 || records.length !== count || records[0]!.leaf.number !== first)
    return { code: 'BlockUnreadable', message: `the block does not hold ${count} records from ${first} on`, at };
  const broken = discontinuity(edge, records);
  if (broken) return broken;
  const taken = highest(records);
  if (!Array.isArray(taken)) return taken as Refused;
  const leaves = records.map(({ leaf }) => leaf);
  const next = continued(edge, leaves);
  if (rootOf(next) !== hashFromBytes(root))
    return { code: 'RootDiffers', message: `the sender has another root at ${next.size}`, at: next.size };
  return { records, edge: next, append: { journal, first, count, block, edge: edgeToBytes(next), root, taken } };
}

async function recordsOf(block: Uint8Array): Promise<readonly JournalRecord[] | string> {
  try {
    return await decodeBlock(block);
  } catch (error) {
    if (error instanceof BlockUnreadable) return error.message;
    throw error;
  }
}

/** By topic and key the highest sequence; each is higher than the one before. */
function highest(records: readonly JournalRecord[]): readonly Taken[] | Refused {
  const taken = new Map<string, Taken>();
  for (const { leaf } of records) {
    const { type, key, sequence, number } = leaf;
    const topic = laneOf(type);
    const lane = `${topic}\n${key}`;
    const before = taken.get(lane)?.[2];
    if (before !== undefined && before >= sequence)
      return { code: 'SequenceRepeated', message: `${type} ${key} ${sequence} came after ${before}`, at: number };
    taken.set(lane, [topic, key, sequence]);
  }
  return [...taken.values()];
}

export const isRefused = (result: Verified | Refused): result is Refused => 'code' in result;
