import type { ComplianceDayEvaluated, DailyMethod, LimitInForce } from '@quantrac/contracts/compliance';
import { judge } from '@quantrac/regulations';
import type { ChannelDay, DailyValue } from './channel-day.ts';

/** What a day is judged by beside its limit. */
export interface DayInHand {
  readonly day: ChannelDay;
  /** By the limit's method. */
  readonly daily: DailyValue;
  /** Values that the day has by design. */
  readonly byDesign: number;
  /** Below this share of valid readings, in percent, there is no verdict. */
  readonly capturePercent: number;
}

export type DayVerdict = Pick<
  ComplianceDayEvaluated,
  'value' | 'verdict' | 'reason' | 'byDesign' | 'received' | 'inError'
>;

/** The limit that days are judged by; shorter means are alerting's. */
export const dailyBasis = '24h';

/** Where a limit does not say how a day's value is made. */
export const usualMethod: DailyMethod = 'mean-of-readings';

/**
 * NĐ 08/2022, Điều 97 and 98: the mean of a day against the limit, pH against an interval. A bound of 0 is a bound; without
 * any bound, or with too little data, there is no verdict, and the reason says why.
 */
export const judgeDay = (limit: LimitInForce, inHand: DayInHand): DayVerdict => {
  const { received, inError } = inHand.day;
  return { ...judged(limit, inHand), byDesign: inHand.byDesign, received, inError };
};

const judged = (limit: LimitInForce, inHand: DayInHand): Pick<DayVerdict, 'value' | 'verdict' | 'reason'> => {
  const { lower, upper } = limit;
  const { value } = inHand.daily;
  const lacking = lackingData(limit, inHand);
  if (lacking !== undefined || value === null)
    return { value: null, verdict: 'no-verdict', reason: lacking ?? 'no-discharge' };
  if (lower === null && upper === null) return { value, verdict: 'no-verdict', reason: limit.reason ?? 'no-number' };
  const outcome = judge({ ...(lower !== null && { lower }), ...(upper !== null && { upper }) }, value);
  return { value, verdict: outcome === 'within' ? 'within' : 'exceeds' };
};

const lackingData = (limit: LimitInForce, { day, daily, byDesign, capturePercent }: DayInHand): string | undefined => {
  const enough = (valid: number): boolean => valid * 100 >= capturePercent * byDesign;
  if (byDesign === 0) return 'nothing-expected';
  if (day.received === 0) return 'no-data';
  if (day.unit === null) return 'unit-changed';
  if (day.unit !== limit.unit) return 'unit-differs';
  if (enough(daily.valid)) return undefined;
  return limit.method === 'flow-weighted' && enough(day.hourly.valid) ? 'flow-capture' : 'data-capture';
};
