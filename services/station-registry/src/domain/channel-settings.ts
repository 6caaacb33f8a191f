import type { ChannelSettings as SettingsInContract, StationRecorded } from '@quantrac/contracts';
import {
  basisConversion,
  canonicalUnit,
  compareDecimals,
  conversion,
  isDecimal,
  normaliseSymbol,
  parameterByCode,
  parameterBySymbol,
  type Substance,
} from '@quantrac/regulations';

export type StationKind = StationRecorded['kind'];

/** Which instrument measured when stands with the instruments. */
export type ChannelSettings = Omit<SettingsInContract, 'instrument'>;

export interface SettingsFault {
  /** The field that is to be corrected: of the settings, or the channel's parameter. */
  readonly field: keyof ChannelSettings | 'parameter';
  readonly code: string;
  readonly message: string;
}

/** Of which kind of station and which parameter a channel's settings speak. */
export interface Measured {
  readonly kind: StationKind;
  readonly parameter: string;
}

/** As they are stored: names in NFC, units as the regulation writes them, no empty thresholds. What is wrong stays. */
export const normalSettings = ({
  unitSent,
  unitSpellings = [],
  quality,
  ...settings
}: ChannelSettings): ChannelSettings => {
  const thresholds = withoutEmpty(quality);
  return {
    ...settings,
    names: settings.names.map((name) => name.normalize('NFC').trim()),
    unit: canonicalUnit(settings.unit) ?? settings.unit,
    ...(unitSent !== undefined && { unitSent: canonicalUnit(unitSent) ?? unitSent }),
    ...(unitSpellings.length > 0 && {
      unitSpellings: unitSpellings.map(({ spelling, unit }) => ({
        spelling: spelling.normalize('NFC').trim(),
        unit: canonicalUnit(unit) ?? unit,
      })),
    }),
    ...(thresholds && { quality: thresholds }),
  };
};

/** Without fields that are undefined or hold nothing themselves; undefined where nothing is left. */
const withoutEmpty = <Value>(value: Value): Value | undefined => {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([field, inner]) => {
    const left = withoutEmpty(inner);
    return left === undefined ? [] : [[field, left]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** Everything that is wrong with them; empty: nothing. */
export const settingsFaults = (measured: Measured, settings: ChannelSettings): readonly SettingsFault[] => [
  ...parameterFaults(measured.parameter),
  ...nameFaults(settings.names),
  ...unitFaults(measured, settings),
  ...basisFaults(measured, settings),
  ...timingFaults(settings),
  ...qualityFaults(settings.quality),
];

const fault = (field: SettingsFault['field'], code: string, message: string): readonly SettingsFault[] => [
  { field, code, message },
];

const parameterFaults = (parameter: string): readonly SettingsFault[] => {
  if (parameterByCode(parameter)) return [];
  const meant = parameterBySymbol(parameter)?.parameter.code;
  const advice = meant === undefined ? 'choose one of the catalogue' : `write ${meant}`;
  return fault('parameter', 'ParameterUnknown', `no parameter has the code ${parameter}: ${advice}`);
};

const nameFaults = (names: readonly string[]): readonly SettingsFault[] => {
  const twice = names.find((name, at) => names.slice(0, at).some((other) => isSameSymbol(name, other)));
  return twice === undefined ? [] : fault('names', 'NameRepeated', `the name ${twice} stands twice: remove one`);
};

export const isSameSymbol = (one: string, other: string): boolean => normaliseSymbol(one) === normaliseSymbol(other);

const unitFaults = (
  { kind, parameter }: Measured,
  { unit, unitSent = unit, unitSpellings = [] }: ChannelSettings,
): readonly SettingsFault[] => {
  const kept = canonicalUnit(unit);
  const unknown = (field: 'unit' | 'unitSent' | 'unitSpellings', text: string) =>
    fault(field, 'UnitUnknown', `no unit is written "${text}": write it as the regulation does, like mg/L or µg/Nm3`);
  if (kept === undefined) return unknown('unit', unit);
  const unitFault = (field: 'unitSent' | 'unitSpellings', text: string): readonly SettingsFault[] => {
    const sent = canonicalUnit(text);
    if (sent === undefined) return unknown(field, text);
    if (conversion(sent, kept, parameter, kind)) return [];
    return fault(field, 'UnitNotConvertible', `${sent} cannot be converted to ${kept}: correct one of the two`);
  };
  const twice = unitSpellings.find(({ spelling }, at) =>
    unitSpellings.slice(0, at).some((other) => isSameSymbol(other.spelling, spelling)),
  );
  return [
    ...unitFault('unitSent', unitSent),
    ...unitSpellings.flatMap((each) => unitFault('unitSpellings', each.unit)),
    ...(twice ? fault('unitSpellings', 'SpellingRepeated', `"${twice.spelling}" stands twice: remove one`) : []),
  ];
};

const basisFaults = (
  { parameter }: Measured,
  { basis, basisSent = basis }: ChannelSettings,
): readonly SettingsFault[] => {
  const bases: readonly string[] = parameterByCode(parameter)?.bases ?? [];
  const [kept, sent] = [basis ?? bases[0], basisSent ?? bases[0]];
  const wrong = (field: 'basis' | 'basisSent', text: string | undefined) => {
    const advice = bases.length === 0 ? 'leave it empty' : `choose ${bases.join(' or ')}`;
    return fault(field, 'BasisUnknown', `${parameter} is not expressed as ${text}: ${advice}`);
  };
  if (kept === undefined && sent === undefined) return [];
  if (kept === undefined || !bases.includes(kept))
    return wrong(basis === undefined ? 'basisSent' : 'basis', kept ?? sent);
  if (basisConversion(parameter, sent as Substance, kept as Substance)) return [];
  return wrong('basisSent', sent);
};

const timingFaults = ({ intervalMs, deliveryMs }: ChannelSettings): readonly SettingsFault[] =>
  deliveryMs >= intervalMs
    ? []
    : fault('deliveryMs', 'DeliveryTooShort', 'nothing can be delivered more often than it is measured: lengthen it');

const qualityFaults = (quality: ChannelSettings['quality']): readonly SettingsFault[] => {
  const { grossRange, spike, rateOfChange, flatLine } = quality ?? {};
  const { fail, suspect } = grossRange ?? {};
  const tolerance = { tolerance: flatLine?.tolerance };
  const unreadable = [fail, suspect, spike, rateOfChange, tolerance]
    .flatMap((thresholds): (string | undefined)[] => Object.values(thresholds ?? {}))
    .find((threshold) => threshold !== undefined && !isDecimal(threshold));
  if (unreadable !== undefined)
    return fault('quality', 'ThresholdUnreadable', `"${unreadable}" is not a number: write one like 12.5`);
  const ordered = [
    [fail?.min, fail?.max],
    [suspect?.min, suspect?.max],
    [fail?.min, suspect?.min],
    [suspect?.max, fail?.max],
    [spike?.suspect, spike?.fail],
    [rateOfChange?.suspect, rateOfChange?.fail],
    [flatLine?.suspectAfter?.toString(), flatLine?.failAfter?.toString()],
  ] as const;
  return ordered.flatMap(([lower, upper]) =>
    lower === undefined || upper === undefined || compareDecimals(lower, upper) <= 0
      ? []
      : fault('quality', 'ThresholdsCrossed', `${lower} stands above ${upper}: a test suspects before it fails`),
  );
};
