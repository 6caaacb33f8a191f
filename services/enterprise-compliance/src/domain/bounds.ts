import type { PermitRule } from '@quantrac/contracts/registers';
import {
  basisConversion,
  type Conversion,
  canonicalUnit,
  chain,
  compareDecimals,
  conversion,
  convert,
  identity,
  type Limit,
  type Medium,
  parameterByCode,
  type Substance,
  unconfirmed,
} from '@quantrac/regulations';

/** The unit and basis in which a channel's values are kept. */
export interface KeptIn {
  readonly unit: string;
  /** `NH4` where ammonium is not kept as N; undefined: as the catalogue has it. */
  readonly basis?: string | undefined;
}

interface Bound {
  readonly value: string;
  readonly unconfirmed: boolean;
}

/** What a value may be at least and at most; equal is within. */
export interface Bounds {
  readonly lower?: Bound | undefined;
  readonly upper?: Bound | undefined;
}

/** From a limit's unit to the channel's; undefined where no conversion is known. */
const intoChannel = (unit: string, parameter: string, keptIn: KeptIn, medium: Medium): Conversion | undefined => {
  const [from, to] = [canonicalUnit(unit), canonicalUnit(keptIn.unit)];
  const byUnit = from && to && conversion(from, to, parameter, medium);
  const named = parameterByCode(parameter)?.bases?.[0];
  const byBasis =
    keptIn.basis === undefined || named === undefined || keptIn.basis === named
      ? identity
      : basisConversion(parameter, named, keptIn.basis as Substance);
  return byUnit && byBasis && chain(byUnit, byBasis);
};

const converted = (value: string | undefined, by: Conversion, doubted: boolean): Bound | undefined =>
  value === undefined
    ? undefined
    : {
        value: convert(value, by),
        unconfirmed: doubted || (by.provenance !== undefined && unconfirmed(by.provenance)),
      };

/** The table's bounds in the channel's unit. */
export const boundsOfTable = (limit: Limit, keptIn: KeptIn, medium: Medium): Bounds | undefined => {
  const by = intoChannel(limit.unit, limit.parameter, keptIn, medium);
  const doubted = unconfirmed(limit.provenance);
  return by && { lower: converted(limit.lower, by, doubted), upper: converted(limit.upper, by, doubted) };
};

/** The permit's own bounds in the channel's unit: a number that somebody set is confirmed. */
export const boundsOfPermit = (
  { lower, upper, unit }: NonNullable<PermitRule['value']>,
  parameter: string,
  keptIn: KeptIn,
  medium: Medium,
): Bounds | undefined => {
  const by = intoChannel(unit, parameter, keptIn, medium);
  return by && { lower: converted(lower, by, false), upper: converted(upper, by, false) };
};

/** Of two demands the stricter holds, bound by bound; of equal ones the first. A bound of 0 is a bound. */
export const stricter = (a: Bounds, b: Bounds): Bounds => ({
  lower: pick(a.lower, b.lower, (first, second) => compareDecimals(first, second) >= 0),
  upper: pick(a.upper, b.upper, (first, second) => compareDecimals(first, second) <= 0),
});

const pick = (
  a: Bound | undefined,
  b: Bound | undefined,
  holds: (first: string, second: string) => boolean,
): Bound | undefined => (a === undefined || b === undefined ? (a ?? b) : holds(a.value, b.value) ? a : b);
