import type { CheckedReading } from '@quantrac/contracts';
import { type Flag, flags } from '@quantrac/regulations';

export type NotCounted = NonNullable<CheckedReading['notCounted']>;

export interface Findings {
  /** There is a value in the channel's unit. */
  readonly hasValue: boolean;
  readonly status: CheckedReading['status'];
  readonly flag: Flag;
  /** An accepted declared period covers it. */
  readonly declared: boolean;
  /** What the review that is in force for this revision decides. */
  readonly decision: NonNullable<CheckedReading['review']>['decision'] | undefined;
}

/**
 * Why a reading does not count; undefined: it counts. Pass, not evaluated and suspect count until a person rejects them: a test cannot
 * hide an exceedance (DESIGN 7.2). A person may let a failed reading count, never one that the device itself did not measure.
 */
export function notCounted({ hasValue, status, flag, declared, decision }: Findings): NotCounted | undefined {
  if (decision === 'withdrawn') return 'withdrawn';
  if (!hasValue) return 'missing';
  if (decision === 'rejected') return 'rejected';
  if (status === '01') return 'calibration';
  if (status === '02') return 'device-error';
  if (declared) return 'declared-period';
  return flag === flags.fail && decision === undefined ? 'failed' : undefined;
}
