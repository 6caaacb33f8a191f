import type { JournalRecord } from './block.ts';
import { type Edge, extended } from './edge.ts';
import { leafHash, payloadHash } from './hash.ts';
import { isLine, type Leaf, leafText } from './leaf.ts';

/** Why records do not continue a journal. */
export interface Discontinuity {
  readonly code: 'JournalHole' | 'RecordRepeated' | 'LeafInvalid' | 'PayloadChanged';
  readonly message: string;
  /** The number of the record that is refused; of a hole, the first that is missing. */
  readonly at: number;
}

/** The leaf of a record that follows `number - 1` others. */
export const leafOf = (
  number: number,
  record: Pick<Leaf, 'type' | 'key' | 'sequence' | 'knownAt'>,
  payload: Uint8Array,
): Leaf => ({ ...record, number, length: payload.length, payloadHash: payloadHash(payload) });

/** The edge after leaves that are known to follow it. */
export const continued = (edge: Edge, leaves: readonly Leaf[]): Edge =>
  extended(
    edge,
    leaves.map((leaf) => leafHash(leafText(leaf))),
  );

/** The first fault of records that are to follow an edge: in their numbers, their leaves or their payloads. */
export function discontinuity({ size }: Edge, records: readonly JournalRecord[]): Discontinuity | undefined {
  for (const [index, { leaf, payload }] of records.entries()) {
    const at = size + index + 1;
    const { number } = leaf;
    if (number > at) return { code: 'JournalHole', message: `record ${number} came where ${at} was expected`, at };
    if (number < at)
      return { code: 'RecordRepeated', message: `record ${number} came again where ${at} was expected`, at: number };
    if (![leaf.type, leaf.key, leaf.sequence, leaf.knownAt].every(isLine))
      return { code: 'LeafInvalid', message: `record ${at} has a leaf with an empty line or control characters`, at };
    if (leaf.payloadHash !== payloadHash(payload))
      return { code: 'PayloadChanged', message: `the payload of record ${at} is not the one that its leaf names`, at };
  }
  return undefined;
}
