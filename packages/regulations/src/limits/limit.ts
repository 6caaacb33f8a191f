import { compareDecimals } from '../decimal-text.ts';
import type { ParameterCode } from '../parameter-catalogue.ts';
import type { Provenance } from '../provenance.ts';
import type { UnitCode } from '../unit-table.ts';

/** What is compared with the limit: a mean over this length, or each reading. */
export type LimitBasis = 'reading' | '1h' | '8h' | '24h' | 'year';

/** What a value may be at most, at least, or both. A bound of 0 is a bound; a bound that is not there is absent. */
export interface Limit {
  readonly standard: string;
  readonly parameter: ParameterCode;
  readonly basis: LimitBasis;
  readonly unit: UnitCode;
  /** Decimal in `unit`; equal is within. */
  readonly lower?: string;
  /** Decimal in `unit`; equal is within. */
  readonly upper?: string;
  readonly provenance: Provenance;
}

export type Verdict = 'within' | 'above' | 'below';

/** Judges a decimal in the limit's unit. */
export const judge = ({ lower, upper }: Pick<Limit, 'lower' | 'upper'>, value: string): Verdict => {
  if (upper !== undefined && compareDecimals(value, upper) > 0) return 'above';
  if (lower !== undefined && compareDecimals(value, lower) < 0) return 'below';
  return 'within';
};
