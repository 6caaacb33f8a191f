import { promisify } from 'node:util';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import { type Leaf, leafText, parseLeaves } from './leaf.ts';

/** A leaf and the exact bytes that it speaks of. */
export interface JournalRecord {
  readonly leaf: Leaf;
  readonly payload: Uint8Array;
}

/** A payload has at most so many bytes. */
export const MAX_PAYLOAD_BYTES = 1_000_000;
/** A block is closed before its payloads exceed this. */
export const MAX_BLOCK_BYTES = 4_000_000;

/** What a block of that many payload bytes has at most when it is unpacked: leaves are much smaller than this. */
const MAX_UNPACKED_BYTES = MAX_BLOCK_BYTES * 4;
const fastest = { params: { 100: 1 } };
const compress = promisify(zstdCompress);
/** A block is unpacked into one piece of this size, if it fits: many small ones cost more than the unpacking. */
const pieceFor = (packed: number): number => Math.min(1_000_000, Math.max(16_384, packed * 40));

/** A block that is none: cut, changed, or of another format. */
export class BlockUnreadable extends Error {
  override readonly name = 'BlockUnreadable';
}

/**
 * Records in a row as they are stored, sent and stored at the other end: the length of the leaves (u32, little endian),
 * the leaves' texts one after the other, the payloads one after the other; zstd over all of it.
 */
export async function encodeBlock(records: readonly JournalRecord[]): Promise<Buffer> {
  const leaves = Buffer.from(records.map(({ leaf }) => leafText(leaf)).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(leaves.length);
  return compress(Buffer.concat([length, leaves, ...records.map(({ payload }) => payload)]), fastest);
}

/** The block's records; payloads are views into one run of bytes. Throws `BlockUnreadable`. */
export async function decodeBlock(bytes: Uint8Array): Promise<readonly JournalRecord[]> {
  const block = unpacked(bytes);
  const start = block.length < 4 ? Infinity : 4 + block.readUInt32LE();
  const leaves = start > block.length ? undefined : parseLeaves(block.toString('utf8', 4, start));
  if (!leaves) throw new BlockUnreadable('the block holds no leaves');
  let at = start;
  const records = leaves.map((leaf) => {
    at += leaf.length;
    return { leaf, payload: block.subarray(at - leaf.length, at) };
  });
  if (at !== block.length)
    throw new BlockUnreadable(
      `the leaves speak of ${at - start} bytes of payload, the block has ${block.length - start}`,
    );
  return records;
}

function unpacked(bytes: Uint8Array): Buffer {
  try {
    // On this thread: it takes less than handing it over and back.
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES, chunkSize: pieceFor(bytes.length) });
  } catch (error) {
    throw new BlockUnreadable(`the block cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
}
