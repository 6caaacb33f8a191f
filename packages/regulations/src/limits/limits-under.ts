import { inForce } from '../provenance.ts';
import type { Day } from '../vietnam-time.ts';
import type { Limit } from './limit.ts';
import { qcvn05Of2013 } from './qcvn-05-2013.ts';
import { qcvn05Of2023 } from './qcvn-05-2023.ts';
import { industrialWastewaterLimit, isFactor } from './qcvn-40-2011.ts';
import { standardByCode } from './standards.ts';

/** What a permit, or the kind of a station, says of the limits. Dated by who holds it. */
export interface LimitTerms {
  readonly standard: string;
  readonly column?: string;
  readonly kq?: string;
  readonly kf?: string;
  readonly saltWater?: boolean;
}

/** Never an empty answer without its reason: no limit, and a limit that nobody knows, are different things. */
export type LimitAnswer =
  | { readonly outcome: 'limits'; readonly limits: readonly [Limit, ...Limit[]] }
  | {
      readonly outcome:
        | 'parameter-not-limited'
        | 'table-unknown'
        | 'terms-incomplete'
        | 'standard-not-in-force'
        | 'standard-unknown';
      /** What is so and what to do. */
      readonly message: string;
    };

/** The limits of one parameter on a Vietnamese day, as recorded by `knownOn`; without it, as known now. */
export const limitsUnder = (terms: LimitTerms, parameter: string, day: Day, knownOn?: Day): LimitAnswer => {
  const { standard } = terms;
  const known = standardByCode(standard);
  if (known === undefined) {
    return { outcome: 'standard-unknown', message: `no standard "${standard}": write its code as published` };
  }
  if (inForce([known], day, knownOn).length === 0) {
    return { outcome: 'standard-not-in-force', message: `${standard} does not hold on ${day}: correct the permit` };
  }
  const limitsIn = tables.get(standard);
  if (limitsIn === undefined) {
    return { outcome: 'table-unknown', message: `the numbers of ${standard} are not recorded: nothing can be judged` };
  }
  const limits = limitsIn(terms, parameter, day, knownOn);
  if (limits === undefined) {
    return { outcome: 'terms-incomplete', message: `${standard} needs column A or B, Kq and Kf: complete the permit` };
  }
  const [first, ...others] = limits;
  return first === undefined
    ? { outcome: 'parameter-not-limited', message: `${standard} has no limit for ${parameter}` }
    : { outcome: 'limits', limits: [first, ...others] };
};

/** `undefined` where the terms do not say enough. */
type LimitTable = (terms: LimitTerms, parameter: string, day: Day, knownOn?: Day) => readonly Limit[] | undefined;

const ambientTable =
  (rows: readonly Limit[]): LimitTable =>
  (_, parameter, day, knownOn) =>
    inForce(rows, day, knownOn).filter((limit) => limit.parameter === parameter);

const wastewaterTable: LimitTable = ({ column, kq, kf, saltWater = false }, parameter, day, knownOn) => {
  if ((column !== 'A' && column !== 'B') || !isFactor(kq) || !isFactor(kf)) return undefined;
  const limit = industrialWastewaterLimit(parameter, { column, kq, kf, saltWater }, day, knownOn);
  return limit === undefined ? [] : [limit];
};

/** QCVN 40:2025/BTNMT has none: its numbers were not found. */
const tables: ReadonlyMap<string, LimitTable> = new Map([
  ['QCVN 40:2011/BTNMT', wastewaterTable],
  ['QCVN 05:2013/BTNMT', ambientTable(qcvn05Of2013)],
  ['QCVN 05:2023/BTNMT', ambientTable(qcvn05Of2023)],
]);
