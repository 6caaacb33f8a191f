import type { PermitRule } from '@quantrac/contracts/registers';
import { Fault } from '@quantrac/event-sourcing';
import {
  compareDecimals,
  type Day,
  industrialWastewaterStandards,
  type LimitTerms,
  limitsUnder,
  qcvn40Of2011,
  standardByCode,
} from '@quantrac/regulations';
import { type DaySpan, overlap, within } from './day-span.ts';

/** What a rule says of the limits of its standard. */
export const termsOf = ({
  standard,
  column,
  factors,
  saltWater,
}: Omit<PermitRule, 'station' | 'channel'>): LimitTerms => ({
  standard,
  ...(column !== undefined && { column }),
  ...(factors && { kq: factors.Kq, kf: factors.Kf }),
  ...(saltWater !== undefined && { saltWater }),
});

/** A rule holds as long as its permit unless it says less. */
export const spanOfRule = ({ from, to }: Pick<PermitRule, 'from' | 'to'>, permit: DaySpan): DaySpan | undefined =>
  within({ from: from ?? permit.from, to: to ?? null }, permit);

/**
 * Refuses rules that can only be mistakes. A channel that is not registered is none: it may come later.
 * `since`: the day since which the facility has operated or held a permit.
 */
export function checkRules(rules: readonly PermitRule[], permit: DaySpan, since: Day): void {
  for (const rule of rules) {
    const span = spanOfRule(rule, permit);
    const named = `the rule for channel ${rule.channel} of station ${rule.station}`;
    if (!span) throw Fault.invalid('RuleDays', `${named} holds on no day of the permit: correct its days`);
    checkStandard(rule, span, named, since);
    checkValue(rule, named);
    checkWatch(rule, named);
  }
  rules.forEach((rule, index) => {
    const twin = rules.slice(0, index).find((other) => isTwin(other, rule, permit));
    if (twin)
      throw Fault.invalid('RulesOverlap', `two rules for channel ${rule.channel} of station ${rule.station} meet`);
  });
}

const isTwin = (a: PermitRule, b: PermitRule, permit: DaySpan): boolean => {
  const [first, second] = [spanOfRule(a, permit), spanOfRule(b, permit)];
  return a.station === b.station && a.channel === b.channel && !!first && !!second && overlap(first, second);
};

function checkStandard(rule: PermitRule, { from }: DaySpan, named: string, since: Day): void {
  const { standard, value, factors } = rule;
  const known = standardByCode(standard);
  if (!known && !value)
    throw Fault.invalid(
      'StandardUnknown',
      `${named}: no numbers of "${standard}" are known: give the permit's own value`,
    );
  if (known?.medium === 'wastewater' && !industrialWastewaterStandards(since, from).includes(known))
    throw Fault.rejected(
      'StandardNotOpen',
      `${named}: a facility that has operated since ${since} cannot be held to ${standard} from ${from} on`,
    );
  if (standard === 'QCVN 40:2011/BTNMT') {
    const answer = limitsUnder(termsOf(rule), anyLimited, from);
    if (answer.outcome === 'terms-incomplete') throw Fault.invalid('TermsIncomplete', `${named}: ${answer.message}`);
  } else if (factors) throw Fault.invalid('NoFactors', `${named}: ${standard} has no Kq and Kf: leave them out`);
}

const anyLimited = qcvn40Of2011[0]!.parameter;

function checkValue({ value }: PermitRule, named: string): void {
  if (!value) return;
  const { lower, upper } = value;
  if (lower === undefined && upper === undefined)
    throw Fault.invalid('ValueEmpty', `${named}: give the lower or the upper number of its value, or both`);
  if (lower !== undefined && upper !== undefined && compareDecimals(lower, upper) > 0)
    throw Fault.invalid('ValueEmpty', `${named}: no value is at least ${lower} and at most ${upper}`);
}

/** Means of 8 hours are made where QCVN 05 itself compares them (CO and O3 in ambient air), and are watched there without being named. */
function checkWatch({ watch }: PermitRule, named: string): void {
  if (watch.includes('8h'))
    throw Fault.invalid(
      'WatchUnknown',
      `${named}: no mean of 8 hours is made for it: watch readings or means of 1 hour`,
    );
}
