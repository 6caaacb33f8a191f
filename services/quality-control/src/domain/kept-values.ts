import type { ChannelSettings } from '@quantrac/contracts';
import {
  basisConversion,
  type Conversion,
  canonicalUnit,
  chain,
  conversion,
  convert,
  identity,
  type Medium,
  roundDecimal,
  type Substance,
} from '@quantrac/regulations';
import type { RuledChannel, Rules } from './station-rules.ts';

/** A value as the channel keeps it; undefined: there is no way from the unit it was sent in. */
export type Keep = (value: string, unitSent: string) => string | undefined;

/** So that no sum, mean or product of values grows beyond what arithmetic reads. */
const LONGEST = 40;
const LONGEST_READ = 64;

/** A number rounded to a length that can be reckoned with; undefined: no rounding makes it so. */
export function reckonable(text: string): string | undefined {
  if (text.length <= LONGEST) return text;
  const whole = text.includes('.') ? text.indexOf('.') : text.length;
  return whole > LONGEST ? undefined : roundDecimal(text.slice(0, LONGEST_READ), Math.max(0, LONGEST - whole - 1));
}

/** Into the unit and basis of these settings; the way from each unit is looked for once. */
export function keeping(settings: ChannelSettings, parameter: string, medium: Medium): Keep {
  const ways = new Map<string, Conversion | undefined>();
  const { unit, basis, basisSent = basis } = settings;
  return (value, unitSent) => {
    let way = ways.get(unitSent);
    if (way === undefined && !ways.has(unitSent)) {
      way = wayBetween({ unit: unitSent, basis: basisSent }, { unit, basis }, parameter, medium);
      ways.set(unitSent, way);
    }
    return way && reckonable(convert(value, way));
  };
}

type Kept = Pick<Rules, 'unit' | 'basis'>;

function wayBetween(from: Kept, to: Kept, parameter: string, medium: Medium): Conversion | undefined {
  const sameUnit = from.unit === to.unit;
  const [unitFrom, unitTo] = sameUnit ? [] : [canonicalUnit(from.unit), canonicalUnit(to.unit)];
  const units = sameUnit ? identity : unitFrom && unitTo && conversion(unitFrom, unitTo, parameter, medium);
  const sameBasis = from.basis === undefined || to.basis === undefined || from.basis === to.basis;
  const bases = sameBasis ? identity : basisConversion(parameter, from.basis as Substance, to.basis as Substance);
  return units && bases && chain(units, bases);
}

/** A value kept under some rules as those of another time keep it. */
export function keptUnder(value: string, from: Rules, to: Rules, { parameter, medium }: RuledChannel) {
  if (from.unit === to.unit && from.basis === to.basis) return value;
  const way = wayBetween(from, to, parameter, medium);
  return way && reckonable(convert(value, way));
}
