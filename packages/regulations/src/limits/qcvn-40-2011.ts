import { formatDecimal, multiply, trimZeros } from '../decimal.ts';
import { compareDecimals, decimalOf, isDecimal } from '../decimal-text.ts';
import { inForce, together } from '../provenance.ts';
import type { Day } from '../vietnam-time.ts';
import { comparisonRule } from './comparison-rule.ts';
import type { Limit } from './limit.ts';
import {
  type FactorStep,
  factorProvenance,
  kfByDischarge,
  kqByLakeVolume,
  kqByRiverFlow,
  kqOfCoast,
  kqOfUnknownLake,
  kqOfUnknownRiver,
  qcvn40Of2011,
  type WastewaterColumn,
} from './qcvn-40-2011-table.ts';

/** What a permit says of the discharge. */
export interface WastewaterTerms {
  readonly column: WastewaterColumn;
  /** Decimal: the receiving water. */
  readonly kq: string;
  /** Decimal: the discharge. */
  readonly kf: string;
  /** The receiving water is salt or brackish: chloride has no limit there. */
  readonly saltWater?: boolean;
}

/** Cmax = C × Kq × Kf, or C for what the factors leave alone; `undefined` where the standard limits no such parameter. */
export const industrialWastewaterLimit = (
  parameter: string,
  terms: WastewaterTerms,
  day: Day,
  knownOn?: Day,
): Limit | undefined => {
  const row = inForce(qcvn40Of2011, day, knownOn).find((candidate) => candidate.parameter === parameter);
  const comparison = comparisonRule('wastewater', day, knownOn);
  if (row === undefined || comparison === undefined || (row.freshWaterOnly && terms.saltWater)) return undefined;
  const { lower, upper } = row.columns[terms.column];
  return {
    standard: 'QCVN 40:2011/BTNMT',
    parameter: row.parameter,
    basis: comparison.basis,
    unit: row.unit,
    ...(lower !== undefined && { lower }),
    upper: row.factors ? cmax(upper, terms) : upper,
    provenance: together([row.provenance, factorProvenance, comparison.provenance]),
  };
};

const cmax = (c: string, { kq, kf }: WastewaterTerms): string =>
  formatDecimal(trimZeros([kq, kf].map(decimalOf).reduce(multiply, decimalOf(c))));

/** Kq by the river's flow in m3/s, decimal; without it the cautious 0.9. */
export const kqOfRiver = (flow?: string): string | undefined =>
  flow === undefined ? kqOfUnknownRiver : factorOf(kqByRiverFlow, flow);

/** Kq by the lake's volume in million m3, decimal; without it the cautious 0.6. */
export const kqOfLake = (volume?: string): string | undefined =>
  volume === undefined ? kqOfUnknownLake : factorOf(kqByLakeVolume, volume);

export const kqOfSea = (use: keyof typeof kqOfCoast): string => kqOfCoast[use];

/** Kf by the discharge in m3/day, decimal. */
export const kfOfDischarge = (discharge: string): string | undefined => factorOf(kfByDischarge, discharge);

const factorOf = (steps: readonly FactorStep[], quantity: string): string | undefined =>
  isDecimal(quantity) && compareDecimals(quantity, '0') >= 0
    ? steps.find(({ upTo }) => upTo === undefined || compareDecimals(quantity, upTo) <= 0)?.factor
    : undefined;

/** Whether a text can be Kq or Kf. */
export const isFactor = (text: string | undefined): text is string =>
  text !== undefined && isDecimal(text) && compareDecimals(text, '0') > 0;
