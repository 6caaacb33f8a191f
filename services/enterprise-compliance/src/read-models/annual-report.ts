import type { ComplianceDayEvaluated, LimitInForce } from '@quantrac/contracts';
import type { exceededInYear, measuredInYear } from '@quantrac/contracts/queries/enterprise-compliance';
import { decimalOf, formatDecimal, quotient, roundHalfUp } from '@quantrac/regulations';
import type { z } from 'zod';
import { dayText } from '../domain/calendar.ts';
import type { ChannelDay } from '../domain/channel-day.ts';
import { covers } from '../domain/day-span.ts';
import { dailyBasis } from '../domain/day-verdict.ts';
import { slotsOfOtherHours } from '../domain/schedule.ts';
import { type StationFacts, schedulesOf } from '../domain/station-facts.ts';

export type MeasuredInYear = z.infer<typeof measuredInYear>;
export type ExceededInYear = z.infer<typeof exceededInYear>;

/** One station in one year, as far as it belonged to the facility. Days by their numbers. */
export interface StationYear {
  readonly station: string;
  readonly facts: StationFacts;
  readonly limits: readonly LimitInForce[];
  /** Every day of membership, ascending. */
  readonly days: readonly number[];
  /** A day that is not settled counts once it could be no more: up to this one. */
  readonly overdue: number;
  readonly settled: (channel: string) => ReadonlyMap<number, ChannelDay>;
  readonly verdicts: readonly ComplianceDayEvaluated[];
}

/** Of each channel: values by design on every day, received, in error (REGULATION 1.8); channels as the station lists them. */
export const measuredTable = (year: StationYear): readonly MeasuredInYear[] =>
  year.facts.channels.flatMap(({ channel, parameter }) => {
    const { station, facts } = year;
    const settled = year.settled(channel);
    const days = countedDays(year, settled);
    if (days.length === 0) return [];
    const schedules = schedulesOf(facts, channel);
    const byDesign = total(days, (day) => {
      const { expected, hours } = settled.get(day) ?? nothingCame;
      return expected + slotsOfOtherHours(schedules, day, hours);
    });
    const received = total(days, (day) => settled.get(day)?.received ?? 0);
    const inError = total(days, (day) => settled.get(day)?.inError ?? 0);
    const shares = { receivedShare: percent(received, byDesign), errorShare: percent(inError, received) };
    const counts = { days: days.length, byDesign, received, inError };
    return [{ table: 'measured', kind: facts.kind, station, channel, parameter, ...counts, ...shares }];
  });

const nothingCame = { expected: 0, hours: 0 };

/** Days that may still get their hours are not counted, unless they are settled. */
const countedDays = ({ days, overdue }: StationYear, settled: ReadonlyMap<number, unknown>): readonly number[] => {
  const last = Math.max(overdue, ...settled.keys());
  return days.filter((day) => day <= last);
};

/** A day against a number that limits it. */
type Against = Pick<
  ComplianceDayEvaluated,
  'station' | 'channel' | 'parameter' | 'unit' | 'lower' | 'upper' | 'verdict' | 'unconfirmed'
>;

/** Of each channel and each number that limited it: days that exceed, of those that have a verdict, and those that have none. */
export const exceededTable = (year: StationYear): readonly ExceededInYear[] => {
  const days = [...year.verdicts.filter(hasNumber), ...unjudgedDays(year)];
  return [...Map.groupBy(days, numberOf).values()].map((same) => {
    const { station, channel, parameter, unit, lower, upper } = same[0]!;
    const judged = same.filter(({ verdict }) => verdict !== 'no-verdict');
    const exceeding = judged.filter(({ verdict }) => verdict === 'exceeds').length;
    return {
      table: 'exceeded',
      station,
      channel,
      parameter,
      unit,
      lower,
      upper,
      days: judged.length,
      exceedingDays: exceeding,
      exceedingShare: percent(exceeding, judged.length),
      noVerdictDays: same.length - judged.length,
      unconfirmed: same.some(({ unconfirmed }) => unconfirmed),
    };
  });
};

/** Days with a limit of which nothing came: a channel that never sent is not one without a limit. */
const unjudgedDays = (year: StationYear): readonly Against[] => {
  const judged = new Set(year.verdicts.map(({ channel, day }) => `${channel} ${day}`));
  return year.limits
    .filter((limit) => limit.basis === dailyBasis && hasNumber(limit))
    .flatMap((limit): Against[] => {
      const { channel, parameter, unit, lower, upper, unconfirmed } = limit;
      const days = countedDays(year, year.settled(channel)).map(dayText);
      const against = { station: year.station, channel, parameter, unit, lower, upper, unconfirmed };
      return days
        .filter((day) => covers(limit, day) && !judged.has(`${channel} ${day}`))
        .map(() => ({ ...against, verdict: 'no-verdict' }));
    });
};

const hasNumber = ({ lower, upper }: Pick<Against, 'lower' | 'upper'>): boolean => lower !== null || upper !== null;

const numberOf = ({ station, channel, unit, lower, upper }: Against): string =>
  JSON.stringify([station, channel, unit, lower, upper]);

const total = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
  items.reduce((so, item) => so + count(item), 0);

/** Two decimals, half up. */
const percent = (part: number, whole: number): string | null => {
  const share = quotient(decimalOf(String(part * 100)), decimalOf(String(whole)), 2);
  return share ? formatDecimal(roundHalfUp(share, 2)) : null;
};
