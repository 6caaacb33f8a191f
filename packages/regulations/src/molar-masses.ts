import type { Provenance } from './provenance.ts';

export const molarMassProvenance: Provenance = {
  source: 'IUPAC abridged standard atomic weights',
  mark: 'G',
  recordedOn: '2026-11-22',
};

/** g/mol. */
export const molarMasses = {
  N: '14.007',
  NH3: '17.031',
  NH4: '18.039',
  NO: '30.006',
  NO2: '46.005',
  NO3: '62.004',
  P: '30.974',
  PO4: '94.970',
  S: '32.06',
  H2O: '18.015',
  H2S: '34.076',
  SO2: '64.058',
  CO: '28.010',
  CO2: '44.009',
  CH4: '16.043',
  C6H6: '78.114',
  O2: '31.998',
  O3: '47.997',
  Cl2: '70.90',
  HCl: '36.458',
  HF: '20.006',
  Hg: '200.59',
} as const satisfies Record<string, string>;

/** The substance as whose mass a result is expressed: ammonium "as N", NOx "as NO2". */
export type Substance = keyof typeof molarMasses;
