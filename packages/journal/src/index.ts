export {
  BlockUnreadable,
  decodeBlock,
  encodeBlock,
  type JournalRecord,
  MAX_BLOCK_BYTES,
  MAX_PAYLOAD_BYTES,
} from './block.ts';
export { continued, type Discontinuity, discontinuity, leafOf } from './continuation.ts';
export { type Edge, edgeFromBytes, edgeToBytes, emptyEdge, extended, rootOf } from './edge.ts';
export {
  emptyRoot,
  type Hash,
  hashFromBytes,
  hashToBytes,
  hashToHex,
  leafHash,
  nodeHash,
  payloadHash,
} from './hash.ts';
export { isLine, type Leaf, leafText, parseLeaves } from './leaf.ts';
