import type { DailyMethod, LimitInForce } from '@quantrac/contracts/compliance';
import {
  comparisonRule,
  type Day,
  type Limit,
  type LimitTerms,
  limitsUnder,
  type Medium,
  qcvn40Of2011,
} from '@quantrac/regulations';
import { type Bounds, boundsOfPermit, boundsOfTable, type KeptIn, stricter } from './bounds.ts';
import type { Demand, MeasuredChannel, MeasuredStation } from './demand.ts';
import { termsOf } from './permit-rules.ts';

type Basis = LimitInForce['basis'];
/** A limit without its days. */
type Undated = Omit<LimitInForce, 'from' | 'to'>;

/** What is demanded of a channel on one day; without a number where nobody knows one, and then it says why. */
export const limitsOnDay = (
  { station, kind }: MeasuredStation,
  { channel, parameter }: MeasuredChannel,
  keptIn: KeptIn,
  demand: Demand,
  day: Day,
): readonly Undated[] => {
  const answer = limitsUnder(termsIn(demand), parameter, day);
  const table = answer.outcome === 'limits' ? answer.limits.filter(isCompared) : [];
  const own = demand.by === 'permit' ? demand.rule.value : undefined;
  const limitOver = (basis: Basis, number: Numbered): Undated => ({
    limit: basis,
    station,
    channel,
    parameter,
    basis,
    unit: keptIn.unit,
    ...number,
    ...heldBy(demand, parameter),
    ...(basis === '24h' && { method: methodOf(demand) }),
  });
  const legal = legalBasis(kind, day);
  const ownBounds = own && boundsOfPermit(own, parameter, keptIn, kind);
  const numbered =
    table.length > 0
      ? table.map((row) => limitOver(row.basis, numberOf(both(own, ownBounds, boundsOfTable(row, keptIn, kind)))))
      : own
        ? [limitOver(legal, numberOf(ownBounds))]
        : [];
  if (demand.by === 'assignment') return numbered;
  if (numbered.length > 0) return watched(numbered, demand.rule.watch);
  return [limitOver(legal, noNumber(answer.outcome === 'limits' ? 'parameter-not-limited' : answer.outcome))];
};

/** A year's mean is no limit of a day. */
const isCompared = (limit: Limit): limit is Limit & { readonly basis: Basis } => limit.basis !== 'year';

const legalBasis = (kind: Medium, day: Day): Basis => {
  const basis = comparisonRule(kind, day)?.basis;
  return basis === undefined || basis === 'year' ? '24h' : basis;
};

/** The stricter of the permit's own and the table's; nothing where either cannot be had in the channel's unit. */
const both = (own: unknown, ownBounds: Bounds | undefined, table: Bounds | undefined): Bounds | undefined =>
  own === undefined ? table : ownBounds && table && stricter(ownBounds, table);

const termsIn = (demand: Demand): LimitTerms =>
  demand.by === 'permit' ? termsOf(demand.rule) : { standard: demand.assigned.standard };

const heldBy = (demand: Demand, parameter: string) => {
  if (demand.by === 'assignment') {
    const { standard, earlyWarning } = demand.assigned;
    return { standard, column: null, factors: {}, permit: null, earlyWarning };
  }
  const { standard, column = null, earlyWarning } = demand.rule;
  const { permit, facility } = demand.permit;
  return { standard, column, factors: factorsIn(demand.rule, parameter), permit, facility, earlyWarning };
};

const methodOf = (demand: Demand): DailyMethod =>
  demand.by === 'permit' ? demand.rule.method : demand.assigned.method;

/** Only those that were applied: temperature, colour, pH and some others take none. */
const factorsIn = (rule: Extract<Demand, { by: 'permit' }>['rule'], parameter: string): Record<string, string> =>
  qcvn40Of2011.some((row) => row.parameter === parameter && row.factors) ? { ...rule.factors } : {};

type Numbered = Pick<LimitInForce, 'lower' | 'upper' | 'unconfirmed' | 'reason'>;

const numberOf = (bounds: Bounds | undefined): Numbered =>
  bounds
    ? {
        lower: bounds.lower?.value ?? null,
        upper: bounds.upper?.value ?? null,
        unconfirmed: bounds.lower?.unconfirmed === true || bounds.upper?.unconfirmed === true,
      }
    : noNumber('unit-not-convertible');

const noNumber = (reason: string): Numbered => ({ lower: null, upper: null, unconfirmed: false, reason });

/** The same value over shorter means, so that people can act before the day is over. */
const watched = (limits: readonly Undated[], watch: readonly Basis[]): readonly Undated[] => {
  const [first] = limits;
  if (!first || first.reason !== undefined) return limits;
  const shorter = watch.filter((basis) => limits.every((limit) => limit.basis !== basis));
  const { method: _, ...shared } = first;
  return [...limits, ...shorter.map((basis): Undated => ({ ...shared, limit: basis, basis }))];
};
