import type { ComplianceDayEvaluated } from '@quantrac/contracts';
import type { exceededInYear, measuredInYear } from '@quantrac/contracts/queries/enterprise-compliance';
import { decimalOf, formatDecimal, quotient, roundHalfUp } from '@quantrac/regulations';
import type { z } from 'zod';
import { dayNumber, hourNumber } from '../domain/calendar.ts';
import type { ChannelDay } from '../domain/channel-day.ts';
import { slotsOfOtherHours } from '../domain/schedule.ts';
import { type StationFacts, schedulesOf } from '../domain/station-facts.ts';

export type MeasuredInYear = z.infer<typeof measuredInYear>;
export type ExceededInYear = z.infer<typeof exceededInYear>;

/** A settled day of a channel; `end` in ms. */
export interface SettledDay {
  readonly channel: string;
  readonly end: number;
  readonly day: ChannelDay;
}

/** Of each channel: values by design, received, in error (REGULATION 1.8); channels as the station lists them. */
export const measuredTable = (
  station: string,
  facts: StationFacts,
  days: readonly SettledDay[],
): readonly MeasuredInYear[] =>
  facts.channels.flatMap(({ channel, parameter }) => {
    const own = days.filter((settled) => settled.channel === channel);
    if (own.length === 0) return [];
    const schedules = schedulesOf(facts, channel);
    const byDesign = total(
      own,
      ({ day, end }) => day.expected + slotsOfOtherHours(schedules, dayNumber(hourNumber(end)), day.hours),
    );
    const received = total(own, ({ day }) => day.received);
    const inError = total(own, ({ day }) => day.inError);
    const shares = { receivedShare: percent(received, byDesign), errorShare: percent(inError, received) };
    const counts = { days: own.length, byDesign, received, inError };
    return [{ table: 'measured', kind: facts.kind, station, channel, parameter, ...counts, ...shares }];
  });

/** Of each channel and each number that limited it: days that exceed, of those that have a verdict. */
export const exceededTable = (days: readonly ComplianceDayEvaluated[]): readonly ExceededInYear[] =>
  [...Map.groupBy(days.filter(hasNumber), numberOf).values()].map((same) => {
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

const hasNumber = ({ lower, upper }: ComplianceDayEvaluated): boolean => lower !== null || upper !== null;

const numberOf = ({ station, channel, unit, lower, upper }: ComplianceDayEvaluated): string =>
  JSON.stringify([station, channel, unit, lower, upper]);

const total = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
  items.reduce((so, item) => so + count(item), 0);

/** Two decimals, half up. */
const percent = (part: number, whole: number): string | null => {
  const share = quotient(decimalOf(String(part * 100)), decimalOf(String(whole)), 2);
  return share ? formatDecimal(roundHalfUp(share, 2)) : null;
};
