import { decimalOf, formatDecimal, meanOf, quotient, sum, weightedMeanOf } from '@quantrac/regulations';
import { hourNumber, placeInDay } from './calendar.ts';

/** What a closed hour of a channel brings along; decimals as text, in the channel's unit. */
export interface ChannelHour {
  /** ms */
  readonly end: number;
  /** null below the capture threshold of the hour. */
  readonly mean: string | null;
  /** Exact sum of the readings that counted. */
  readonly sum: string | null;
  readonly valid: number;
  /** How many readings `sum` adds up, where two in one slot make them more than `valid`. */
  readonly members?: number | undefined;
  readonly expected: number;
  readonly received: number;
  readonly unit: string;
}

/** A day's value by one method, and how many readings by design took part in it. */
export interface DailyValue {
  readonly value: string | null;
  readonly valid: number;
}

/** All that the known hours of a day say, whatever the limits and the schedule are. */
export interface ChannelDay {
  /** A bit for each hour that is known. */
  readonly hours: number;
  readonly expected: number;
  /** Of those expected; a second value in one slot never makes up for a missing one elsewhere. */
  readonly received: number;
  /** Received and not counted. */
  readonly inError: number;
  /** null: not the same in all hours. */
  readonly unit: string | null;
  readonly readings: DailyValue;
  readonly hourly: DailyValue;
}

/** `hours`: ascending, none twice. The same hours give the same day. */
export const channelDay = (hours: readonly ChannelHour[]): ChannelDay => {
  const units = new Set(hours.map(({ unit }) => unit));
  return {
    hours: hours.reduce((bits, { end }) => bits | (1 << placeInDay(hourNumber(end))), 0),
    expected: total(hours, ({ expected }) => expected),
    received: total(hours, receivedByDesign),
    inError: total(hours, (hour) => Math.max(0, receivedByDesign(hour) - hour.valid)),
    unit: units.size === 1 ? hours[0]!.unit : null,
    readings: meanOfReadings(hours),
    hourly: meanOfHourlyMeans(hours),
  };
};

const total = (hours: readonly ChannelHour[], count: (hour: ChannelHour) => number): number =>
  hours.reduce((so, hour) => so + count(hour), 0);

const receivedByDesign = ({ received, expected }: ChannelHour): number => Math.min(received, expected);

const validByDesign = (hours: readonly ChannelHour[]): number =>
  total(hours, ({ valid, expected }) => Math.min(valid, expected));

/** Exact sum of all readings that counted over their number. */
const meanOfReadings = (hours: readonly ChannelHour[]): DailyValue => {
  const counted = hours.filter(({ sum, valid }) => sum !== null && valid > 0);
  const whole = sum(counted.map((hour) => decimalOf(hour.sum!)));
  const number = { units: total(counted, ({ valid, members = valid }) => members), scale: 0 };
  const mean = quotient(whole, number, whole.scale);
  return { value: mean ? formatDecimal(mean) : null, valid: validByDesign(counted) };
};

const meanOfHourlyMeans = (hours: readonly ChannelHour[]): DailyValue => {
  const counted = hours.filter(({ mean }) => mean !== null);
  return { value: meanOf(counted.map(({ mean }) => mean!)) ?? null, valid: validByDesign(counted) };
};

/** Hourly means weighted by the flow's; an hour without either takes no part, one that flowed backwards weighs nothing. */
export const flowWeightedMean = (hours: readonly ChannelHour[], flow: readonly ChannelHour[]): DailyValue => {
  const flowAt = new Map(flow.map(({ end, mean }) => [end, mean]));
  const counted = hours.filter(({ mean, end }) => mean !== null && (flowAt.get(end) ?? null) !== null);
  const members = counted.map(({ mean, end }) => ({ value: mean!, weight: weightOf(flowAt.get(end)!) }));
  return { value: weightedMeanOf(members) ?? null, valid: validByDesign(counted) };
};

const weightOf = (flow: string): string => (flow.startsWith('-') ? '0' : flow);

/** One line a member: two days of equal lines are equal. */
export const membersOf = (hours: readonly ChannelHour[]): string =>
  hours
    .map(({ end, mean, sum, valid, expected, received, unit, members }) =>
      [end, mean, sum, valid, expected, received, unit, ...(members === undefined ? [] : [members])].join(' '),
    )
    .join('\n');
