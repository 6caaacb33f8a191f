import { type Conversion, chain, identity, inverse } from './conversion.ts';
import { multiplyDecimals } from './decimal-text.ts';
import { molarMasses, molarMassProvenance, type Substance } from './molar-masses.ts';
import type { Medium } from './parameter-catalogue.ts';
import { parameterByCode } from './parameters.ts';
import { type Provenance, together } from './provenance.ts';
import { type Dimension, type Unit, type UnitCode, unitTable } from './unit-table.ts';

const byCode = new Map<string, Unit>(unitTable.map((unit) => [unit.code, unit]));

export const unitByCode = (code: string): Unit | undefined => byCode.get(code);

/** The unit that a spelling means: µ or μ, oC or ℃, m3 or m³, mg/l; empty and `-` are dimensionless. */
export const canonicalUnit = (text: string): UnitCode | undefined =>
  bySpelling.get(text) ?? bySpelling.get(normaliseUnit(text));

/** Compatibility forms fold ³ to 3 and ℃ to °C; case, blanks and the kinds of dash and degree say nothing. */
const normaliseUnit = (text: string): string =>
  text
    .replace(/[°º˚]/g, 'o')
    .normalize('NFKC')
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/[\s^]/g, '')
    .toLowerCase()
    .replace(/°/g, 'o')
    .replace(/μ/g, 'u');

const isSameDimension = (one: string, other: string): boolean =>
  byCode.get(one)!.dimension === byCode.get(other)!.dimension;

/** As written and as normalised, so that usual spellings are found at once. */
const bySpelling = new Map(
  [...byCode.values()].flatMap(({ code, spellings = [] }) =>
    [code, ...spellings].flatMap((spelling) => [[spelling, code] as const, [normaliseUnit(spelling), code] as const]),
  ),
);

/** Whether it is the beginning of another unit of its dimension, as `m` is of `mm`: an end that was cut off would not show. */
export const mayBeCutUnit = (text: string): boolean => beginnings.has(normaliseUnit(text));

const beginnings: ReadonlySet<string> = new Set(
  [...bySpelling].flatMap(([text, code]) =>
    [...bySpelling].some(([longer, other]) => other !== code && longer.startsWith(text) && isSameDimension(code, other))
      ? [normaliseUnit(text)]
      : [],
  ),
);

/**
 * From one unit to another, exactly; `undefined` where it cannot be converted. Parts per million become masses only for
 * a parameter that is a gas of known molar mass, at the normal condition; a cubic metre is a normal one only in ambient
 * air. Both say in `provenance` what they assume.
 */
export const conversion = (
  from: UnitCode,
  to: UnitCode,
  parameter?: string,
  medium?: Medium,
): Conversion | undefined => {
  if (from === to) return identity;
  const [source, target] = [byCode.get(from), byCode.get(to)];
  const bridge = source && target && bridgeBetween(source.dimension, target.dimension, parameter, medium);
  return bridge && chain(chain(toFirstUnit(source), bridge), inverse(toFirstUnit(target)));
};

/** From one basis of a parameter to another: ammonium as NH4 to as N is × 14.007 ÷ 18.039. */
export const basisConversion = (parameter: string, from: Substance, to: Substance): Conversion | undefined => {
  const bases = parameterByCode(parameter)?.bases;
  if (!bases?.includes(from) || !bases.includes(to)) return undefined;
  return from === to
    ? identity
    : { factor: molarMasses[to], divisor: molarMasses[from], provenance: molarMassProvenance };
};

const toFirstUnit = ({ factor = '1', offset, divisor }: Unit): Conversion =>
  chain({ factor, ...(offset && { offset }), ...(divisor && { divisor }) }, identity);

/** Litres of a mole of gas in the Nm3 of the standards. */
export const normalMolarVolume = {
  litres: '24.465',
  provenance: {
    source: 'ideal gas at 25 °C and 760 mmHg, the Nm3 of QCVN 19:2009/BTNMT',
    mark: 'G',
    recordedOn: '2026-11-22',
  },
} as const;

const ambientProvenance: Provenance = {
  source: 'ambient air: TT 10/2021/TT-BTNMT writes µg/Nm3 where QĐ 1459/QĐ-TCMT writes µg/m3 for the same values',
  mark: 'G',
  recordedOn: '2026-11-22',
};

type Bridge = (gas: Substance | undefined, medium: Medium | undefined) => Conversion | undefined;

/** %V to mg/Nm3: 10,000 ppm × g/mol ÷ L/mol. */
const gasToMass: Bridge = (gas) =>
  gas && {
    factor: multiplyDecimals('10000', molarMasses[gas]),
    divisor: normalMolarVolume.litres,
    provenance: together([normalMolarVolume.provenance, molarMassProvenance]),
  };

const percentToGas: Bridge = (gas) => gas && identity;

/** mg/L to mg/Nm3. */
const cubicToNormal: Bridge = (_, medium) =>
  medium === 'ambient-air' ? { factor: '1000', provenance: ambientProvenance } : undefined;

/** Between the first units of two dimensions. */
const bridges: readonly { readonly from: Dimension; readonly to: Dimension; readonly bridge: Bridge }[] = [
  { from: 'gas fraction', to: 'mass per normal volume', bridge: gasToMass },
  { from: 'percentage', to: 'gas fraction', bridge: percentToGas },
  { from: 'mass concentration', to: 'mass per normal volume', bridge: cubicToNormal },
];

const bridgeBetween = (from: Dimension, to: Dimension, parameter?: string, medium?: Medium): Conversion | undefined => {
  if (from === to) return identity;
  const gas = parameter === undefined ? undefined : parameterByCode(parameter)?.gas;
  for (const row of bridges) {
    if (row.from === from && row.to === to) return row.bridge(gas, medium);
    const back = row.from === to && row.to === from ? row.bridge(gas, medium) : undefined;
    if (back) return inverse(back);
  }
  return undefined;
};
