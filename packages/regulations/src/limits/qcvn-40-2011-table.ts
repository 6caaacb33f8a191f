import type { ParameterCode } from '../parameter-catalogue.ts';
import type { Provenance } from '../provenance.ts';
import type { UnitCode } from '../unit-table.ts';

export type WastewaterColumn = 'A' | 'B';

interface Bounds {
  readonly lower?: string;
  readonly upper: string;
}

export interface WastewaterRow {
  readonly parameter: ParameterCode;
  readonly unit: UnitCode;
  /** A: the receiving water supplies households. B: it does not. */
  readonly columns: Readonly<Record<WastewaterColumn, Bounds>>;
  /** Cmax = C × Kq × Kf, or C alone. */
  readonly factors: boolean;
  /** Not for discharge into salt or brackish water. */
  readonly freshWaterOnly?: true;
  readonly provenance: Provenance;
}

const source = 'QCVN 40:2011/BTNMT, Bảng 1';
const recordedOn = '2026-11-22';
/** Compared with a table in working software. */
const compared: Provenance = { source, mark: 'C', recordedOn };
const remembered: Provenance = { source, mark: 'G', recordedOn };

const row = (parameter: ParameterCode, a: string, b: string, provenance: Provenance): WastewaterRow => ({
  parameter,
  unit: 'mg/L',
  columns: { A: { upper: a }, B: { upper: b } },
  factors: true,
  provenance,
});

const withoutFactors = (base: WastewaterRow, unit: UnitCode): WastewaterRow => ({ ...base, unit, factors: false });

export const qcvn40Of2011: readonly WastewaterRow[] = [
  withoutFactors(row('Temp', '40', '40', remembered), '°C'),
  withoutFactors(row('Color', '50', '150', remembered), 'Pt-Co'),
  {
    parameter: 'pH',
    unit: '-',
    columns: { A: { lower: '6', upper: '9' }, B: { lower: '5.5', upper: '9' } },
    factors: false,
    provenance: compared,
  },
  row('BOD5', '30', '50', compared),
  row('COD', '75', '150', compared),
  row('TSS', '50', '100', compared),
  row('As', '0.05', '0.1', compared),
  row('Hg', '0.005', '0.01', compared),
  row('Pb', '0.1', '0.5', compared),
  row('Cd', '0.05', '0.1', compared),
  row('Cr6+', '0.05', '0.1', compared),
  row('Cr3+', '0.2', '1', remembered),
  row('Cu', '2', '2', compared),
  row('Zn', '3', '3', compared),
  row('Ni', '0.2', '0.5', compared),
  row('Mn', '0.5', '1', compared),
  row('Fe', '1', '5', compared),
  row('CN', '0.07', '0.1', compared),
  row('Phenol', '0.1', '0.5', compared),
  row('Oil', '5', '10', compared),
  row('Sulfide', '0.2', '0.5', remembered),
  row('F', '5', '10', remembered),
  row('NH4-N', '5', '10', compared),
  row('TN', '20', '40', remembered),
  row('TP', '4', '6', remembered),
  { ...row('Chloride', '500', '1000', remembered), freshWaterOnly: true },
  row('Cl', '1', '2', remembered),
  row('Pesticides-OCl', '0.05', '0.1', remembered),
  row('Pesticides-OP', '0.3', '1', remembered),
  row('PCB', '0.003', '0.01', remembered),
  withoutFactors(row('Coliform', '3000', '5000', compared), 'MPN/100 mL'),
  withoutFactors(row('Gross-alpha', '0.1', '0.1', remembered), 'Bq/L'),
  withoutFactors(row('Gross-beta', '1.0', '1.0', remembered), 'Bq/L'),
];

/** Up to and including `upTo`; the last step has no end. */
export interface FactorStep {
  readonly upTo?: string;
  readonly factor: string;
}

export const factorProvenance: Provenance = {
  source: 'QCVN 40:2011/BTNMT, Bảng 2, 3 and 4: Kq and Kf; and which parameters they apply to',
  mark: 'G',
  recordedOn,
};

/** Flow of the receiving river, m3/s. */
export const kqByRiverFlow: readonly FactorStep[] = [
  { upTo: '50', factor: '0.9' },
  { upTo: '200', factor: '1.0' },
  { upTo: '500', factor: '1.1' },
  { factor: '1.2' },
];
export const kqOfUnknownRiver = '0.9';

/** Volume of the receiving lake, million m3. */
export const kqByLakeVolume: readonly FactorStep[] = [
  { upTo: '10', factor: '0.6' },
  { upTo: '100', factor: '0.8' },
  { factor: '1.0' },
];
export const kqOfUnknownLake = '0.6';

/** Protected: bathing, water sport, aquatic life. */
export const kqOfCoast = { protected: '0.8', other: '1.0' } as const;

/** Discharge, m3/day. */
export const kfByDischarge: readonly FactorStep[] = [
  { upTo: '50', factor: '1.2' },
  { upTo: '500', factor: '1.1' },
  { upTo: '5000', factor: '1.0' },
  { factor: '0.9' },
];
