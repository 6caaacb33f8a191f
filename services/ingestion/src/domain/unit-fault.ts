import type { ChannelSettings, StationRecorded } from '@quantrac/contracts';
import { basisConversion, canonicalUnit, conversion, type Substance } from '@quantrac/regulations';

export type UnitFaultReason = 'UnitUnknown' | 'UnitNotConvertible';

/** Why values in a unit cannot be kept in a channel. */
export interface UnitFault {
  readonly reason: UnitFaultReason;
  readonly advice: string;
}

/** Of which kind of station and which parameter a unit is judged: a cubic metre of ambient air is a normal one. */
export interface Measured {
  readonly kind: StationRecorded['kind'];
  readonly parameter: string;
}

/** Judges a unit as it is spelled in a file; undefined: its values can be converted to the channel's unit and basis. */
export function unitFaultOf(
  unit: string,
  { kind, parameter }: Measured,
  { unit: kept, basisSent, basis }: ChannelSettings,
): UnitFault | undefined {
  const from = canonicalUnit(unit);
  const to = canonicalUnit(kept);
  if (from === undefined)
    return {
      reason: 'UnitUnknown',
      advice: `"${unit}" is not a unit that is known: correct it at the logger, or register its spelling`,
    };
  if (to === undefined || conversion(from, to, parameter, kind) === undefined)
    return {
      reason: 'UnitNotConvertible',
      advice: `"${unit}" cannot be converted to ${kept}: correct the unit at the logger or in the channel`,
    };
  if (
    basisSent &&
    basis &&
    basisSent !== basis &&
    !basisConversion(parameter, basisSent as Substance, basis as Substance)
  )
    return {
      reason: 'UnitNotConvertible',
      advice: `${parameter} as ${basisSent} cannot be converted to ${basis}: correct the basis of the channel`,
    };
  return undefined;
}
