import { createHash } from 'node:crypto';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const idDigits = 12;

/** An opaque id: the same for the same seed, so that a request which comes again makes nothing twice. */
export const idFrom = (kind: string, seed: string): string => {
  const hash = createHash('sha256').update(seed).digest();
  return kind + Array.from(hash.subarray(0, idDigits), (byte) => base32[byte & 31]).join('');
};
