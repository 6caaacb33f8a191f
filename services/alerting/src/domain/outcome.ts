import type { CheckedReading } from '@quantrac/contracts';
import { flags } from '@quantrac/regulations';

/**
 * All that episodes need of a checked reading, in few characters: its value where it counts, then `f` where it failed its checks, then
 * `s` where its status was 01 or 02. Empty: nothing can be said of it.
 */
export type Outcome = string;

export function outcomeOf({ counts, used, flag, status, notCounted }: CheckedReading): Outcome {
  if (notCounted === 'withdrawn') return '';
  const value = counts && used !== null ? used : '';
  const failed = !counts && flag === flags.fail && notCounted !== 'declared-period' ? 'f' : '';
  return value + failed + (status === '00' ? '' : 's');
}

/** Undefined: it does not count. */
export function countedValue(outcome: Outcome): string | undefined {
  const marks = Number(hasFailed(outcome)) + Number(hasBadStatus(outcome));
  return outcome.length === marks ? undefined : outcome.slice(0, outcome.length - marks);
}

export const hasFailed = (outcome: Outcome): boolean => outcome.includes('f');

export const hasBadStatus = (outcome: Outcome): boolean => outcome.endsWith('s');
