/** What a simulated station monitors. */
export type StationKind = 'wastewater' | 'ambient-air' | 'stack' | 'surface-water';

/** How one channel behaves when nothing is wrong, and what it is judged by. Values in `unit`. */
export interface ChannelModel {
  /** As the logger names it. */
  readonly symbol: string;
  /** The catalogue's code. */
  readonly parameter: string;
  readonly unit: string;
  readonly point: 'inlet' | 'outlet' | 'stack' | 'ambient' | 'river';
  /** As what the value is expressed, where that matters: ammonium as N. */
  readonly basis?: string;
  readonly decimals: number;
  readonly mean: number;
  /** Half the daily cycle, highest at `peakHour` local time. */
  readonly daily: number;
  readonly peakHour: number;
  /** Half the spread of what is neither mean nor cycle. */
  readonly noise: number;
  /** What the instrument can show at all. */
  readonly range: readonly [min: number, max: number];
  /** An analyser that measures less often than it reports repeats its last value. */
  readonly cycleMinutes?: number;
  readonly limit?: LimitHint;
}

/** A limit that the station can be given. */
export interface LimitHint {
  readonly standard: string;
  readonly column?: string;
  readonly basis: '1h' | '24h';
  readonly min?: number;
  readonly max?: number;
}

type Row = readonly [
  symbol: string,
  unit: string,
  decimals: number,
  mean: number,
  daily: number,
  peakHour: number,
  noise: number,
  range: readonly [min: number, max: number],
  more?: Partial<ChannelModel>,
];

const models = (point: ChannelModel['point'], rows: readonly Row[]): readonly ChannelModel[] =>
  rows.map(([symbol, unit, decimals, mean, daily, peakHour, noise, range, more]) => ({
    symbol,
    parameter: symbol,
    unit,
    point,
    decimals,
    mean,
    daily,
    peakHour,
    noise,
    range,
    ...more,
  }));

/** QCVN 40:2011/BTNMT column A with Kq 0.9, Kf 1.0. */
const discharge = (max: number, min?: number): Partial<ChannelModel> => ({
  limit: { standard: 'QCVN 40:2011/BTNMT', column: 'A', basis: '24h', max, ...(min !== undefined && { min }) },
});
/** QCVN 19:2009/BTNMT column B with Kp 1.0, Kv 1.0. */
const emission = (max: number): Partial<ChannelModel> => ({
  limit: { standard: 'QCVN 19:2009/BTNMT', column: 'B', basis: '24h', max },
});
const ambient = (max: number, basis: '1h' | '24h' = '1h'): Partial<ChannelModel> => ({
  limit: { standard: 'QCVN 05:2023/BTNMT', basis, max },
});
const hourly = { cycleMinutes: 60 };
const halfHourly = { cycleMinutes: 30 };

/** Ten channels each, the usual ones first. */
export const channelModels: Record<StationKind, readonly ChannelModel[]> = {
  wastewater: models('outlet', [
    ['Flow_in', 'm3/h', 1, 62, 18, 14, 3, [0, 500], { parameter: 'Flow', point: 'inlet' }],
    ['Flow_out', 'm3/h', 1, 58, 17, 15, 3, [0, 500], { parameter: 'Flow' }],
    ['Temp', '°C', 1, 26.8, 1.2, 15, 0.4, [0, 60], discharge(40)],
    ['pH', '-', 2, 7.2, 0.12, 11, 0.1, [0, 14], discharge(9, 6)],
    ['TSS', 'mg/L', 1, 22, 4, 13, 2, [0, 500], discharge(45)],
    ['COD', 'mg/L', 1, 34, 6, 13, 3, [0, 500], { ...discharge(67.5), ...halfHourly }],
    [
      'NH4',
      'mg/L',
      2,
      1.9,
      0.4,
      12,
      0.2,
      [0, 50],
      { ...discharge(4.5), ...halfHourly, parameter: 'NH4-N', basis: 'N' },
    ],
    ['Color', 'Pt-Co', 0, 24, 4, 12, 3, [0, 500], discharge(50)],
    ['TN', 'mg/L', 1, 9, 1.2, 12, 0.8, [0, 100], { ...discharge(18), ...hourly }],
    ['TP', 'mg/L', 2, 1.6, 0.2, 12, 0.15, [0, 20], { ...discharge(3.6), ...hourly }],
  ]),
  'ambient-air': models('ambient', [
    ['PM10', 'µg/Nm3', 1, 42, 12, 7, 5, [0, 1000], ambient(100, '24h')],
    ['PM2,5', 'µg/Nm3', 1, 22, 6, 7, 3, [0, 500], { ...ambient(45, '24h'), parameter: 'PM2.5' }],
    ['SO2', 'µg/Nm3', 1, 34, 10, 9, 5, [0, 1000], ambient(350)],
    ['NO2', 'µg/Nm3', 1, 38, 14, 18, 5, [0, 500], ambient(200)],
    ['CO', 'µg/Nm3', 0, 1450, 420, 18, 160, [0, 100_000], ambient(30_000)],
    ['O3', 'µg/Nm3', 1, 58, 34, 13, 6, [0, 500], ambient(200)],
    ['Temp', '°C', 1, 28, 4, 14, 0.4, [-10, 60]],
    ['RH', '%', 1, 74, 12, 5, 2, [0, 100]],
    ['NO', 'µg/Nm3', 1, 12, 5, 8, 2, [0, 500]],
    ['P', 'kPa', 2, 100.9, 0.15, 10, 0.06, [80, 110]],
  ]),
  stack: models('stack', [
    ['Temp', '°C', 1, 138, 6, 14, 3, [0, 600]],
    ['P', 'kPa', 2, 101.1, 0.2, 12, 0.1, [80, 120]],
    ['O2', '%V', 2, 8.4, 0.5, 3, 0.3, [0, 25]],
    ['PM', 'mg/Nm3', 1, 74, 10, 14, 6, [0, 1000], emission(200)],
    ['SO2', 'mg/Nm3', 1, 185, 26, 14, 14, [0, 3000], emission(500)],
    ['NO', 'mg/Nm3', 1, 168, 22, 14, 12, [0, 2000]],
    ['NO2', 'mg/Nm3', 1, 24, 4, 14, 3, [0, 1000]],
    ['CO', 'mg/Nm3', 1, 240, 40, 4, 25, [0, 5000], emission(1000)],
    ['H2S', 'mg/Nm3', 2, 1.8, 0.3, 14, 0.3, [0, 50], emission(7.5)],
    ['Flow', 'm3/h', 0, 17_500, 900, 14, 500, [0, 100_000]],
  ]),
  'surface-water': models('river', [
    ['Temp', '°C', 1, 28.2, 1.1, 15, 0.2, [0, 50]],
    ['pH', '-', 2, 7.1, 0.15, 14, 0.08, [0, 14]],
    ['DO', 'mg/L', 2, 6.7, 0.7, 15, 0.2, [0, 20]],
    ['TSS', 'mg/L', 1, 21, 3, 10, 2.5, [0, 500]],
    ['COD', 'mg/L', 1, 8.4, 0.8, 12, 0.8, [0, 100], halfHourly],
    ['NH4', 'mg/L', 3, 0.21, 0.03, 12, 0.03, [0, 5], { ...halfHourly, parameter: 'NH4-N', basis: 'N' }],
    ['EC', 'µS/cm', 0, 210, 12, 12, 8, [0, 5000]],
    ['Turbidity', 'NTU', 1, 24, 3, 10, 3, [0, 1000]],
    ['TP', 'mg/L', 3, 0.12, 0.01, 12, 0.015, [0, 2], hourly],
    ['TN', 'mg/L', 2, 0.9, 0.08, 12, 0.08, [0, 20], hourly],
  ]),
};

/** How many channels a station of a kind usually has. */
export const usualChannels: Record<StationKind, number> = {
  wastewater: 7,
  'ambient-air': 8,
  stack: 8,
  'surface-water': 6,
};
