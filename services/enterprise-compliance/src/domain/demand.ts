import type { DailyMethod } from '@quantrac/contracts/compliance';
import type { PermitRule } from '@quantrac/contracts/registers';
import type { Day, Medium } from '@quantrac/regulations';
import type { KeptIn } from './bounds.ts';
import type { DaySpan } from './day-span.ts';
import type { Membership } from './membership.ts';

/** A channel as far as limits depend on it. */
export interface MeasuredChannel {
  readonly channel: string;
  readonly parameter: string;
  /** By date, the first since ever. */
  readonly keptIn: readonly (KeptIn & { readonly from: Day | null })[];
}

export interface MeasuredStation {
  readonly station: string;
  readonly kind: Medium;
  readonly channels: readonly MeasuredChannel[];
}

/** What a permit demands of one station. */
export interface PermitDemand extends DaySpan {
  readonly permit: string;
  readonly facility: string;
  readonly rules: readonly PermitRule[];
}

/** A standard that a station without permit is held to. */
export interface AssignedStandard extends DaySpan {
  readonly standard: string;
  readonly earlyWarning: string;
  readonly method: DailyMethod;
}

/** All that is demanded of one station, and the facilities to which it belongs. */
export interface Demands {
  readonly permits: readonly PermitDemand[];
  readonly memberships: readonly Membership[];
  readonly assigned: readonly AssignedStandard[];
}

/** One demand on one channel, and the days on which it is made. */
export type Demand = { readonly span: DaySpan } & (
  | { readonly by: 'permit'; readonly permit: PermitDemand; readonly rule: PermitRule }
  | { readonly by: 'assignment'; readonly assigned: AssignedStandard }
);
