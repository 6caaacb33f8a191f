import type { Substance } from './molar-masses.ts';
import {
  companionParameters,
  companionProvenance,
  fieldParameters,
  fieldProvenance,
  limitedParameters,
  limitedProvenance,
  listedParameters,
  listedProvenance,
  type Medium,
  type Parameter,
} from './parameter-catalogue.ts';
import type { Provenance, Sourced } from './provenance.ts';
import { likelyProvenance, metProvenance, type SymbolRow, symbolsLikely, symbolsMet } from './symbol-table.ts';

export interface SymbolMeaning {
  readonly parameter: Parameter;
  /** The substance as which the symbol says that the value is expressed; absent where that does not matter or is open. */
  readonly basis?: Substance;
  /** Why a person must confirm the meaning for the station. */
  readonly ambiguous?: string;
  readonly provenance: Provenance;
}

export const parameters: readonly Parameter[] = [
  ...listedParameters.map((row) => ({ ...row, provenance: listedProvenance })),
  ...fieldParameters.map((row) => ({ ...row, provenance: fieldProvenance })),
  ...limitedParameters.map((row) => ({ ...row, provenance: limitedProvenance })),
  ...companionParameters.map((row) => ({ ...row, provenance: companionProvenance })),
];

const byCode = new Map<string, Parameter>(parameters.map((parameter) => [parameter.code, parameter]));

/** Codes are exact: case counts. */
export const parameterByCode = (code: string): Parameter | undefined => byCode.get(code);

/** Symbols are compared in NFC without case; outer spaces fall, inner ones stay: "Water Level". */
export const normaliseSymbol = (symbol: string): string =>
  symbol.normalize('NFC').trim().toLowerCase().normalize('NFC');

/**
 * What a symbol in a station file means, by its code or a known alias, among the parameters measured in `medium`.
 * Several meanings, or one without its basis, are answered with the likeliest and say in `ambiguous` what is open.
 */
export const parameterBySymbol = (symbol: string, medium?: Medium): SymbolMeaning | undefined => {
  const meanings = (bySymbol.get(normaliseSymbol(symbol)) ?? [])
    .filter(({ parameter, media }) => isMeasuredIn(byCode.get(parameter), media, medium))
    .map(meaningOf);
  const [likeliest, ...others] = meanings;
  if (likeliest === undefined || others.length === 0) return likeliest;
  return { ...likeliest, ambiguous: `${meanings.map(({ parameter }) => parameter.code).join(' or ')}: say which` };
};

const isMeasuredIn = (
  parameter: Parameter | undefined,
  media: readonly Medium[] | undefined,
  medium?: Medium,
): boolean =>
  medium === undefined || (parameter?.units[medium] !== undefined && (media === undefined || media.includes(medium)));

const meaningOf = ({ parameter: code, basis, ambiguous, provenance }: SymbolRow & Sourced): SymbolMeaning => {
  const parameter = byCode.get(code)!;
  if (ambiguous !== undefined) return { parameter, ambiguous, provenance };
  const stated = basis ?? parameter.bases?.[0];
  return { parameter, ...(stated && { basis: stated }), provenance };
};

const symbolRows: readonly (SymbolRow & Sourced)[] = [
  ...parameters.map(({ code, ambiguous, provenance }) => ({
    symbol: code,
    parameter: code,
    ...(ambiguous && { ambiguous }),
    provenance,
  })),
  ...symbolsMet.map((row) => ({ ...row, provenance: metProvenance })),
  ...symbolsLikely.map((row) => ({ ...row, provenance: likelyProvenance })),
];

const bySymbol = Map.groupBy(symbolRows, ({ symbol }) => normaliseSymbol(symbol));
