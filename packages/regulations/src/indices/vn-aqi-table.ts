import type { Provenance } from '../provenance.ts';
import type { Scale } from './scale.ts';

export const vnAqiProvenance: Provenance = {
  source: 'QĐ 1459/QĐ-TCMT, 12/11/2019: VN_AQI',
  mark: 'V',
  validFrom: '2019-11-12',
  recordedOn: '2026-11-29',
  note: 'rounded half up; in the example of the decision NO2 118.7 gives 60, by its own formula it is 59.35 and so 59',
};

/** What a sub-index is made of: O3 has two scales. */
export type AqiTerm = 'O3 1h' | 'O3 8h' | 'CO' | 'SO2' | 'NO2' | 'PM10' | 'PM2.5';

const indexAt = [0, 50, 100, 150, 200, 300, 400, 500];

const row = (...breakpoints: readonly number[]): Scale => ({
  points: breakpoints.map((point, index) => [String(point), indexAt[index]!]),
  below: 0,
  above: indexAt[breakpoints.length - 1]!,
});

/** Concentrations in µg/m3. */
export const aqiScales: Readonly<Record<AqiTerm, Scale>> = {
  'O3 1h': row(0, 160, 200, 300, 400, 800, 1000, 1200),
  'O3 8h': row(0, 100, 120, 170, 210, 400),
  CO: row(0, 10_000, 30_000, 45_000, 60_000, 90_000, 120_000, 150_000),
  SO2: row(0, 125, 350, 550, 800, 1600, 2100, 2630),
  NO2: row(0, 100, 200, 700, 1200, 2350, 3100, 3850),
  PM10: row(0, 50, 150, 250, 350, 420, 500, 600),
  'PM2.5': row(0, 25, 50, 80, 150, 250, 350, 500),
};

export interface IndexLevel {
  /** The highest index that is of this level. */
  readonly upTo: number;
  readonly name: { readonly vi: string; readonly en: string };
  readonly colour: readonly [red: number, green: number, blue: number];
}

export const aqiLevels: readonly IndexLevel[] = [
  { upTo: 50, name: { vi: 'Tốt', en: 'Good' }, colour: [0, 228, 0] },
  { upTo: 100, name: { vi: 'Trung bình', en: 'Moderate' }, colour: [255, 255, 0] },
  { upTo: 150, name: { vi: 'Kém', en: 'Poor' }, colour: [255, 126, 0] },
  { upTo: 200, name: { vi: 'Xấu', en: 'Bad' }, colour: [255, 0, 0] },
  { upTo: 300, name: { vi: 'Rất xấu', en: 'Very bad' }, colour: [143, 63, 151] },
  { upTo: 500, name: { vi: 'Nguy hại', en: 'Hazardous' }, colour: [126, 0, 35] },
];
