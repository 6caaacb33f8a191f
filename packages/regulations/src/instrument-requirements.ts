import type { Medium, ParameterCode } from './parameter-catalogue.ts';
import type { Provenance } from './provenance.ts';

/** What the circular demands of an analyser; decimals in the parameter's canonical unit unless they are percent. */
export interface InstrumentRequirement {
  readonly medium: Medium;
  readonly parameter: ParameterCode;
  /** ± percent of the reading. */
  readonly ofReading?: string;
  /** ± percent of full scale. */
  readonly ofFullScale?: string;
  /** ± in the unit. */
  readonly absolute?: string;
  readonly resolution?: string;
  readonly responseSeconds?: number;
  readonly range?: readonly [from: string, to: string];
}

export const instrumentProvenance: Provenance = {
  source: 'TT 10/2021/TT-BTNMT, technical characteristics of automatic stations',
  mark: 'C',
  validFrom: '2021-08-16',
  recordedOn: '2026-11-22',
  note: 'only what was read; a field that is absent was not read',
};

/** A wastewater analyser measures at least up to this multiple of the limit that applies. */
export const wastewaterRangeMultiple = {
  multiple: '3',
  provenance: {
    source: 'TT 10/2021/TT-BTNMT, Điều 35 khoản 1',
    mark: 'V',
    validFrom: '2021-08-16',
    recordedOn: '2026-11-22',
  },
} as const;

const wastewater = (
  parameter: ParameterCode,
  ofReading: string,
  ofFullScale: string,
  responseSeconds: number,
  resolution?: string,
): InstrumentRequirement => ({
  medium: 'wastewater',
  parameter,
  ofReading,
  ofFullScale,
  ...(resolution && { resolution }),
  responseSeconds,
});

export const instrumentRequirements: readonly InstrumentRequirement[] = [
  wastewater('Flow', '5', '5', 300),
  wastewater('Temp', '5', '5', 5, '0.1'),
  wastewater('Color', '5', '5', 300),
  { medium: 'wastewater', parameter: 'pH', absolute: '0.2', resolution: '0.1', responseSeconds: 5 },
  wastewater('TSS', '5', '3', 10, '0.1'),
  wastewater('COD', '5', '3', 900, '0.5'),
  wastewater('NH4-N', '5', '5', 1800, '0.2'),
  wastewater('TP', '5', '3', 1800, '0.1'),
  wastewater('TN', '5', '3', 1800, '0.1'),
  wastewater('TOC', '5', '5', 1800, '0.1'),
  wastewater('Cl', '5', '2', 1800, '0.1'),
  { medium: 'stack', parameter: 'Temp', ofReading: '5', ofFullScale: '5', responseSeconds: 120 },
  { medium: 'stack', parameter: 'P', ofReading: '5', ofFullScale: '5', responseSeconds: 120 },
  { medium: 'stack', parameter: 'NO', ofReading: '5', ofFullScale: '5', resolution: '1', responseSeconds: 200 },
  { medium: 'stack', parameter: 'NO2', responseSeconds: 300 },
  { medium: 'stack', parameter: 'CO', responseSeconds: 200 },
  { medium: 'stack', parameter: 'SO2', responseSeconds: 200 },
  { medium: 'stack', parameter: 'O2', absolute: '0.5', resolution: '0.1', responseSeconds: 200 },
  { medium: 'stack', parameter: 'H2S', responseSeconds: 300 },
  { medium: 'stack', parameter: 'NH3', responseSeconds: 300 },
  { medium: 'stack', parameter: 'VHg', responseSeconds: 900 },
  { medium: 'stack', parameter: 'PM', ofReading: '10', ofFullScale: '5', resolution: '0.1', responseSeconds: 60 },
  { medium: 'ambient-air', parameter: 'NO2', range: ['0', '500'], resolution: '0.1', responseSeconds: 300 },
  { medium: 'ambient-air', parameter: 'CO', range: ['0', '100000'], resolution: '0.1', responseSeconds: 300 },
  { medium: 'ambient-air', parameter: 'SO2', range: ['0', '1000'], resolution: '0.1', responseSeconds: 300 },
  { medium: 'ambient-air', parameter: 'O3', range: ['0', '500'], resolution: '0.1', responseSeconds: 300 },
  {
    medium: 'ambient-air',
    parameter: 'PM10',
    ofReading: '5',
    ofFullScale: '3',
    range: ['0', '500'],
    resolution: '0.1',
    responseSeconds: 60,
  },
  {
    medium: 'ambient-air',
    parameter: 'PM2.5',
    ofReading: '5',
    ofFullScale: '3',
    range: ['0', '150'],
    resolution: '0.1',
    responseSeconds: 60,
  },
  { medium: 'surface-water', parameter: 'Temp', range: ['0', '80'] },
  { medium: 'surface-water', parameter: 'pH', absolute: '0.1' },
  { medium: 'surface-water', parameter: 'TSS', range: ['0', '500'] },
  { medium: 'surface-water', parameter: 'COD', range: ['0', '100'] },
  { medium: 'surface-water', parameter: 'DO', range: ['0', '20'], responseSeconds: 120 },
  { medium: 'surface-water', parameter: 'NO3-N', range: ['0', '50'] },
  { medium: 'surface-water', parameter: 'PO4-P', range: ['0', '2'] },
  { medium: 'surface-water', parameter: 'NH4-N', range: ['0', '5'] },
  { medium: 'surface-water', parameter: 'TP', range: ['0', '2'] },
  { medium: 'surface-water', parameter: 'TN', range: ['0', '20'] },
  { medium: 'surface-water', parameter: 'TOC', range: ['0', '100'] },
];

export const instrumentRequirement = (parameter: string, medium: Medium): InstrumentRequirement | undefined =>
  instrumentRequirements.find((requirement) => requirement.parameter === parameter && requirement.medium === medium);
