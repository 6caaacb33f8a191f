import { compare } from '../decimal.ts';
import { decimalOf, meanOf } from '../decimal-text.ts';
import { type NowCast, nowCast } from './now-cast.ts';
import { onScale } from './scale.ts';
import { type AqiTerm, aqiLevels, aqiScales, type IndexLevel } from './vn-aqi-table.ts';

/** One pollutant's share in the index; `concentration`: decimal in µg/m3, for PM of an hour the NowCast. */
export interface SubIndex {
  readonly term: AqiTerm;
  readonly concentration: string;
  readonly index: number;
}

export type AqiAnswer =
  | {
      readonly outcome: 'index';
      readonly index: number;
      readonly level: IndexLevel;
      /** The highest first; the first one gives the index. */
      readonly subIndices: readonly SubIndex[];
      readonly unconfirmed: boolean;
    }
  /** Neither PM10 nor PM2.5 has enough data: without them there is no VN_AQI. */
  | { readonly outcome: 'no-index'; readonly reason: 'no-particles' };

type Mean = string | null | undefined;
type HourlyMeans = readonly (string | null)[] | undefined;

/** Of one station and hour. Hourly means in µg/m3 of what counts; of PM those of 12 hours, the current one first. null: missing. */
export interface AqiHour {
  readonly O3?: Mean;
  readonly CO?: Mean;
  readonly SO2?: Mean;
  readonly NO2?: Mean;
  readonly PM10?: HourlyMeans;
  readonly 'PM2.5'?: HourlyMeans;
}

/** Of one station and day, the means that end in (00:00, 24:00]; in µg/m3. null: too little data. */
export interface AqiDay {
  /** The highest 1 h means. */
  readonly O3?: Mean;
  readonly CO?: Mean;
  readonly SO2?: Mean;
  readonly NO2?: Mean;
  /** The highest mean of `eightHourMeans`. */
  readonly 'O3 8h'?: Mean;
  /** The means of 24 hours. */
  readonly PM10?: Mean;
  readonly 'PM2.5'?: Mean;
}

/** VN_AQI of an hour, QĐ 1459/QĐ-TCMT. */
export const hourlyVnAqi = ({ O3, CO, SO2, NO2, ...particles }: AqiHour): AqiAnswer => {
  const [pm10, pm25] = [particles.PM10, particles['PM2.5']].map((hours) => hours && nowCast(hours));
  const means = { 'O3 1h': O3, CO, SO2, NO2, PM10: pm10?.value, 'PM2.5': pm25?.value };
  return answerOf(means, [pm10, pm25].some(isUnconfirmed));
};

/** VN_AQI of a day, QĐ 1459/QĐ-TCMT: the scale for O3 over 8 h ends at 400 µg/m3, beyond it the hour alone counts. */
export const dailyVnAqi = ({ O3, 'O3 8h': o3Over8h, ...others }: AqiDay): AqiAnswer => {
  const skips = typeof o3Over8h === 'string' && compare(decimalOf(o3Over8h), o3Over8hMost) > 0;
  return answerOf({ 'O3 1h': O3, 'O3 8h': skips ? null : o3Over8h, ...others }, false);
};

const o3Over8hMost = decimalOf('400');

const isUnconfirmed = (particles: NowCast | undefined): boolean => particles?.unconfirmed === true;

/**
 * The mean of the 8 hours that end with each hour but the first 7: those of a day from its 24 hourly means and the 7 before them.
 * `least`: with fewer known hours there is none; the decision names no such number, so whoever asks does.
 */
export const eightHourMeans = (hours: readonly (string | null)[], least: number): readonly (string | null)[] =>
  hours.slice(7).map((_, index) => {
    const known = hours.slice(index, index + 8).filter((hour) => hour !== null);
    return known.length < least ? null : (meanOf(known) ?? null);
  });

const answerOf = (means: Readonly<Partial<Record<AqiTerm, Mean>>>, unconfirmed: boolean): AqiAnswer => {
  const subIndices = (Object.entries(means) as [AqiTerm, Mean][])
    .flatMap(([term, mean]) => (typeof mean === 'string' ? subIndexOf(term, mean) : []))
    .sort((a, b) => b.index - a.index);
  if (!subIndices.some(({ term }) => term === 'PM10' || term === 'PM2.5'))
    return { outcome: 'no-index', reason: 'no-particles' };
  const { index } = subIndices[0]!;
  return { outcome: 'index', index, level: levelOf(aqiLevels, index), subIndices, unconfirmed };
};

const subIndexOf = (term: AqiTerm, concentration: string): SubIndex => ({
  term,
  concentration,
  index: Number(onScale(aqiScales[term], decimalOf(concentration), 0).units),
});

export const levelOf = (levels: readonly IndexLevel[], index: number): IndexLevel =>
  levels.find(({ upTo }) => index <= upTo) ?? levels.at(-1)!;
