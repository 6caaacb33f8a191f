import type { LimitInForce } from '@quantrac/contracts';
import { dayBounds } from '@quantrac/regulations';
import { earlyWarning } from './early-warning.ts';
import { exceedance, type Judge } from './exceedance.ts';

/** A limit as one rule judges by it, on the days on which it holds. */
export interface DatedJudge {
  readonly limit: LimitInForce;
  /** Holds for what ends in (after, upTo], ms. */
  readonly after: number;
  readonly upTo: number;
  readonly judge: Judge;
}

export type LimitRule = 'exceedance' | 'early-warning';

/** The limits of one channel and name over time, by rule; a limit without any bound is no limit, one without share warns of nothing. */
export function datedJudges(limits: readonly LimitInForce[], rule: LimitRule): DatedJudge[] {
  return limits.flatMap((limit) => {
    const judge = judgeOf(limit, rule);
    if (!judge) return [];
    const { after } = dayBounds(limit.from);
    return { limit, after, upTo: limit.to === null ? Number.POSITIVE_INFINITY : dayBounds(limit.to).upTo, judge };
  });
}

const judgeOf = (limit: LimitInForce, rule: LimitRule): Judge | undefined => {
  if (limit.lower === null && limit.upper === null) return undefined;
  if (rule === 'exceedance') return exceedance(limit);
  return limit.earlyWarning === null ? undefined : earlyWarning(limit, limit.earlyWarning);
};

/** The limit in force for what ends at an instant; undefined: none, which is not the same as one of 0. */
export const inForceAt = (judges: readonly DatedJudge[], end: number): DatedJudge | undefined =>
  judges.find(({ after, upTo }) => after < end && end <= upTo);
