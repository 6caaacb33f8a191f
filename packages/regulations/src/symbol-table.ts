import type { Substance } from './molar-masses.ts';
import type { Medium, ParameterCode } from './parameter-catalogue.ts';
import type { Provenance } from './provenance.ts';

export interface SymbolRow {
  readonly symbol: string;
  readonly parameter: ParameterCode;
  /** Only in these media does the symbol mean this. */
  readonly media?: readonly Medium[];
  /** The symbol itself says as what the value is expressed. */
  readonly basis?: Substance;
  /** Why a person must say what this station means by it. */
  readonly ambiguous?: string;
}

const waters: readonly Medium[] = ['wastewater', 'surface-water', 'groundwater'];
const nitrogenBasis = 'as N or as NH4: up to 29 % apart';
const nitrateBasis = 'as N or as NO3: a factor of 4.4 apart';
const nitriteBasis = 'as N or as NO2: a factor of 3.3 apart';
const phosphateBasis = 'as P or as PO4: a factor of 3.1 apart';
const chlorine = 'residual chlorine or chloride';

export const metProvenance: Provenance = {
  source: 'symbols met in station files and in the lists of vendors',
  mark: 'C',
  recordedOn: '2026-11-22',
};

/** Beside each parameter's own code. */
export const symbolsMet: readonly SymbolRow[] = [
  { symbol: 'PM2,5', parameter: 'PM2.5' },
  { symbol: 'PM-2-5', parameter: 'PM2.5' },
  { symbol: 'PM-10', parameter: 'PM10' },
  { symbol: 'Dust', parameter: 'PM', media: ['stack'] },
  { symbol: 'Dust', parameter: 'TSP', media: ['ambient-air'], ambiguous: 'total dust or one of its fractions' },
  { symbol: 'NH4', parameter: 'NH4-N', ambiguous: nitrogenBasis },
  { symbol: 'Amoni', parameter: 'NH4-N', ambiguous: nitrogenBasis },
  { symbol: 'N-NH4', parameter: 'NH4-N', basis: 'N' },
  { symbol: 'Nitrate', parameter: 'NO3-N', ambiguous: nitrateBasis },
  { symbol: 'P-PO4', parameter: 'PO4-P', basis: 'P' },
  { symbol: 'Clo', parameter: 'Cl', ambiguous: chlorine },
  { symbol: 'BOD', parameter: 'BOD5' },
  { symbol: 'Water Level', parameter: 'Level' },
  { symbol: 'Xyanua', parameter: 'CN' },
];

export const likelyProvenance: Provenance = {
  source: 'other usual spellings of the same names',
  mark: 'G',
  recordedOn: '2026-11-22',
};

export const symbolsLikely: readonly SymbolRow[] = [
  { symbol: 'Lưu lượng', parameter: 'Flow' },
  { symbol: 'Luu luong', parameter: 'Flow' },
  { symbol: 'Nhiệt độ', parameter: 'Temp' },
  { symbol: 'Nhiet do', parameter: 'Temp' },
  { symbol: 'Temperature', parameter: 'Temp' },
  { symbol: 'Colour', parameter: 'Color' },
  { symbol: 'Độ màu', parameter: 'Color' },
  { symbol: 'Do mau', parameter: 'Color' },
  { symbol: 'SS', parameter: 'TSS' },
  { symbol: 'NH4+', parameter: 'NH4-N', basis: 'NH4' },
  { symbol: 'NH4+-N', parameter: 'NH4-N', basis: 'N' },
  { symbol: 'Ammonium', parameter: 'NH4-N', ambiguous: nitrogenBasis },
  { symbol: 'Ammonia', parameter: 'NH4-N', media: waters, ambiguous: nitrogenBasis },
  { symbol: 'Tổng N', parameter: 'TN' },
  { symbol: 'Tổng P', parameter: 'TP' },
  { symbol: 'Clo dư', parameter: 'Cl' },
  { symbol: 'Cl2', parameter: 'Cl', media: waters },
  { symbol: 'Cl-', parameter: 'Chloride' },
  { symbol: 'NO3', parameter: 'NO3-N', ambiguous: nitrateBasis },
  { symbol: 'Nitrat', parameter: 'NO3-N', ambiguous: nitrateBasis },
  { symbol: 'NO3-', parameter: 'NO3-N', basis: 'NO3' },
  { symbol: 'N-NO3', parameter: 'NO3-N', basis: 'N' },
  { symbol: 'NO2', parameter: 'NO2-N', media: waters, ambiguous: nitriteBasis },
  { symbol: 'Nitrit', parameter: 'NO2-N', ambiguous: nitriteBasis },
  { symbol: 'Nitrite', parameter: 'NO2-N', ambiguous: nitriteBasis },
  { symbol: 'N-NO2', parameter: 'NO2-N', basis: 'N' },
  { symbol: 'PO4', parameter: 'PO4-P', ambiguous: phosphateBasis },
  { symbol: 'Phosphate', parameter: 'PO4-P', ambiguous: phosphateBasis },
  { symbol: 'NOx as NO2', parameter: 'NOx', basis: 'NO2' },
  { symbol: 'Cyanide', parameter: 'CN' },
  { symbol: 'Cr(VI)', parameter: 'Cr6+' },
  { symbol: 'Cr6', parameter: 'Cr6+' },
  { symbol: 'Cr(III)', parameter: 'Cr3+' },
  { symbol: 'Cr3', parameter: 'Cr3+' },
  { symbol: 'PM 10', parameter: 'PM10' },
  { symbol: 'PM 2.5', parameter: 'PM2.5' },
  { symbol: 'PM-2.5', parameter: 'PM2.5' },
  { symbol: 'PM25', parameter: 'PM2.5' },
  { symbol: 'PM_2_5', parameter: 'PM2.5' },
  { symbol: 'PM_10', parameter: 'PM10' },
  { symbol: 'Bụi', parameter: 'PM', media: ['stack'] },
  { symbol: 'Bụi tổng', parameter: 'PM', media: ['stack'] },
  { symbol: 'Độ ẩm', parameter: 'RH' },
  { symbol: 'Humidity', parameter: 'RH' },
  { symbol: 'Pressure', parameter: 'P' },
  { symbol: 'Áp suất', parameter: 'P' },
  { symbol: 'Độ đục', parameter: 'Turbidity' },
  { symbol: 'Turb', parameter: 'Turbidity' },
  { symbol: 'Độ mặn', parameter: 'Salinity' },
  { symbol: 'Mực nước', parameter: 'Level' },
  { symbol: 'WaterLevel', parameter: 'Level' },
  { symbol: 'WL', parameter: 'Level' },
  { symbol: 'Conductivity', parameter: 'EC' },
  { symbol: 'Rainfall', parameter: 'Rain' },
  { symbol: 'Lượng mưa', parameter: 'Rain' },
  { symbol: 'WS', parameter: 'WindSpeed' },
  { symbol: 'WD', parameter: 'WindDirection' },
];
