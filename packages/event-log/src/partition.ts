const encoder = new TextEncoder();

/** Stations are few and come again with every record. */
const hashes = new Map<string, number>();
const MOST_HASHES = 100_000;

/** Kafka's default partitioner, so that both adapters put a key into the same partition. */
export const partitionOf = (key: string, partitions: number): number => hashOf(key) % partitions;

function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = murmur2(encoder.encode(key)) & 0x7fffffff;
  if (hashes.size >= MOST_HASHES) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

/** MurmurHash2, 32 bits, seed 0x9747b28c, as Kafka's clients compute it. */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  const words = data.length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i * 4;
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = words * 4;
  const left = data.length - rest;
  if (left >= 3) h ^= data[rest + 2]! << 16;
  if (left >= 2) h ^= data[rest + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[rest]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return (h ^ (h >>> 15)) | 0;
}
