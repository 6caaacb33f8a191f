import { createHash } from 'node:crypto';
import type { AppendOptions } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';

/** Who, on whose behalf, from where, when and why: stored beside the events of the command. */
export const appendOptions = (
  { actor, commandId, at }: CommandContext,
  cause = `command:${commandId}`,
): AppendOptions => {
  const who = Object.entries(actor).filter(([, value]) => value !== undefined);
  return { commandId, metadata: { ...Object.fromEntries(who), at: toInstant(at), cause } };
};

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const idDigits = 12;

/** An opaque id: the same for the same seed, so that a request which comes again makes nothing twice. */
export const idFrom = (kind: string, seed: string): string => {
  const hash = createHash('sha256').update(seed).digest();
  return kind + Array.from(hash.subarray(0, idDigits), (byte) => base32[byte & 31]).join('');
};
