/**
 * A well-mixed number of 32 bits, from a seed and what it is for. The same everywhere and in any order, so that any
 * file of a simulation can be made without those before it.
 */
export function mixed(seed: number, purpose: number, index = 0): number {
  let hash = seed | 0;
  hash = stirred(hash ^ Math.imul(purpose, 0x9e3779b1));
  hash = stirred(hash ^ Math.imul(index, 0x85ebca6b));
  return hash >>> 0;
}

/** In [0, 1). */
export const share = (seed: number, purpose: number, index = 0): number => mixed(seed, purpose, index) / 2 ** 32;

/** In [-1, 1). */
export const swing = (seed: number, purpose: number, index = 0): number => share(seed, purpose, index) * 2 - 1;

/** The same members in an order of the seed's. */
export function shuffled<T>(members: readonly T[], seed: number): readonly T[] {
  const result = [...members];
  for (let last = result.length - 1; last > 0; last--) {
    const other = mixed(seed, 0x5f, last) % (last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** The finaliser of MurmurHash3: every bit of the input changes half the bits of the output. */
function stirred(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
