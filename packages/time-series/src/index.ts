export type { Repacked } from './repack.ts';
export { SqliteTimeSeries } from './sqlite-time-series.ts';
export { type LatestOf, type Range, type Row, TimeSeries } from './time-series.ts';
