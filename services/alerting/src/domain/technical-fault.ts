import { countedValue, hasFailed, type Outcome } from './outcome.ts';
import type { Beyond } from './run.ts';

/**
 * Technical fault (sự cố thiết bị): readings in a row whose roll-up is fail; how many, a setting says. Such readings do not count, so they
 * are never an exceedance. A reading that counts ends it; one that neither counts nor failed (calibration, no value) does nothing.
 */
export function technicalFault(outcome: Outcome): { beyond?: Beyond } | undefined {
  if (hasFailed(outcome)) return { beyond: { value: null, threshold: null } };
  return countedValue(outcome) === undefined ? undefined : {};
}
