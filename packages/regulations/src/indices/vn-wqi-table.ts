import type { Provenance } from '../provenance.ts';
import type { Scale } from './scale.ts';
import type { IndexLevel } from './vn-aqi-table.ts';

/** Nobody has read the text of the decision: every VN_WQI says so. */
export const vnWqiProvenance: Provenance = {
  source: 'QĐ 1460/QĐ-TCMT, 12/11/2019: VN_WQI, groups and formula',
  mark: 'G',
  validFrom: '2019-11-12',
  recordedOn: '2026-11-29',
  note: 'open: the formula without group V; group II (pesticides) takes no part, since no scale of it is known',
};

export const wqiScaleProvenance: Provenance = {
  source: 'scales of VN_WQI as working software has them; E. coli and N-NO2 by general knowledge',
  mark: 'C',
  validFrom: '2019-11-12',
  recordedOn: '2026-11-29',
};

/** I pH, III metals, IV organic matter and nutrients, V microbes. */
export const wqiGroups = {
  I: ['pH'],
  III: ['As', 'Cd', 'Pb', 'Cr6+', 'Cu', 'Zn', 'Hg'],
  IV: ['DO', 'BOD5', 'COD', 'TOC', 'NH4-N', 'NO3-N', 'NO2-N', 'PO4-P'],
  V: ['Coliform', 'E.coli'],
} as const;

export type WqiGroup = keyof typeof wqiGroups;
export type WqiParameter = (typeof wqiGroups)[WqiGroup][number];

const qualities = [100, 75, 50, 25, 10];

/** Concentrations at which the quality is 100, 75, 50, 25 and 10; null: it jumps there, from 100 or to 10. */
const row = (...breakpoints: readonly (string | null)[]): Scale => ({
  points: breakpoints.flatMap((point, index) => (point === null ? [] : [[point, qualities[index]!] as const])),
  below: 100,
  above: 10,
});

/** In mg/L, microbes per 100 mL; DO in percent of saturation. */
export const wqiScales: Readonly<Record<WqiParameter, Scale>> = {
  pH: {
    points: [
      ['5.5', 50],
      ['6', 100],
      ['8.5', 100],
      ['9', 50],
    ],
    below: 10,
    above: 10,
  },
  As: row('0.01', '0.02', '0.05', '0.1', null),
  Cd: row(null, '0.005', '0.008', '0.01', '0.1'),
  Pb: row(null, '0.02', '0.04', '0.05', '0.5'),
  'Cr6+': row('0.01', '0.02', '0.04', '0.05', '0.1'),
  Cu: row('0.1', '0.2', '0.5', '1.0', '2'),
  Zn: row('0.5', '1', '1.5', '2', '3'),
  Hg: row(null, '0.001', '0.0015', '0.002', '0.01'),
  DO: {
    points: [
      ['20', 25],
      ['50', 50],
      ['75', 75],
      ['88', 100],
      ['112', 100],
      ['125', 75],
      ['150', 50],
      ['200', 25],
    ],
    below: 10,
    above: 10,
  },
  BOD5: row('4', '6', '15', '25', '50'),
  COD: row('10', '15', '30', '50', '150'),
  TOC: row('4', '6', '15', '25', '50'),
  'NH4-N': row(null, '0.3', '0.6', '0.9', '5'),
  'NO3-N': row('2', '5', '10', '15', null),
  'NO2-N': row('0.05', null, null, null, null),
  'PO4-P': row('0.1', '0.2', '0.3', '0.5', '4'),
  Coliform: row('2500', '5000', '7500', '10000', null),
  'E.coli': row('20', '50', '100', '200', null),
};

export const wqiLevels: readonly IndexLevel[] = [
  { upTo: 9, name: { vi: 'Ô nhiễm rất nặng', en: 'Very heavily polluted' }, colour: [126, 0, 35] },
  { upTo: 25, name: { vi: 'Kém', en: 'Poor' }, colour: [255, 0, 0] },
  { upTo: 50, name: { vi: 'Xấu', en: 'Bad' }, colour: [255, 126, 0] },
  { upTo: 75, name: { vi: 'Trung bình', en: 'Moderate' }, colour: [255, 255, 0] },
  { upTo: 90, name: { vi: 'Tốt', en: 'Good' }, colour: [0, 228, 0] },
  { upTo: 100, name: { vi: 'Rất tốt', en: 'Very good' }, colour: [51, 51, 255] },
];
