import { emptyRoot, type Hash, hashFromBytes, hashToBytes, nodeHash } from './hash.ts';

/**
 * The right edge of a Merkle tree: the roots of its complete subtrees, largest first.
 * All that is needed to append to a tree and to know its root; a few hundred bytes at any size.
 */
export interface Edge {
  /** How many leaves the tree has. */
  readonly size: number;
  readonly subtrees: readonly Hash[];
}

const HASH_BYTES = 32;

export const emptyEdge: Edge = { size: 0, subtrees: [] };

/** The edge after these leaves, given by their hashes. */
export function extended({ size, subtrees }: Edge, leaves: readonly Hash[]): Edge {
  const roots = [...subtrees];
  let next = size;
  for (const leaf of leaves) {
    let node = leaf;
    for (let full = next; full % 2 === 1; full = (full - 1) / 2) node = nodeHash(roots.pop()!, node);
    roots.push(node);
    next++;
  }
  return { size: next, subtrees: roots };
}

/** RFC 6962, 2.1: the Merkle Tree Hash. */
export const rootOf = ({ subtrees }: Edge): Hash =>
  subtrees.length === 0 ? emptyRoot : subtrees.reduceRight((right, left) => nodeHash(left, right));

/** The subtrees one after the other; the size stands beside. */
export const edgeToBytes = ({ subtrees }: Edge): Buffer => Buffer.concat(subtrees.map(hashToBytes));

export function edgeFromBytes(size: number, bytes: Uint8Array): Edge {
  const subtrees: Hash[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES)
    subtrees.push(hashFromBytes(bytes.subarray(at, at + HASH_BYTES)));
  return { size, subtrees };
}
