import { hash } from 'node:crypto';
import { type ComplianceDayEvaluated, type LimitsRecorded, topics } from '@quantrac/contracts';
import type { OwnRow, OwnRows, Window } from '@quantrac/stream-processing';
import { dayEnd, dayNumber, hourAtPlace, hourEnd, hourNumber, hoursOfDay } from '../domain/calendar.ts';
import type { ChannelDay, ChannelHour } from '../domain/channel-day.ts';
import type { TouchedDay } from '../domain/compliance-state.ts';
import { dailyBasis } from '../domain/day-verdict.ts';
import type { StationFacts } from '../domain/station-facts.ts';
import type { Stretch } from '../domain/stretch.ts';

/** Where the processor keeps its rows; the station is the key of all of them. */
export const collections = {
  /** A row for each closed hour of a channel, at its `placeOfHour`. */
  hours: 'compliance-hours',
  /** A row for each settled day of a channel, with a limit or without. */
  days: 'channel-days',
  /** The newest limits and facts of the station, at time 0. */
  basis: 'compliance-basis',
  /** What the topic carries. */
  verdicts: topics.compliance.name,
} as const;

export const limitsSeries = 'limits';
export const factsSeries = 'facts';

export const verdictSeries = (channel: string): string => `${channel}/${dailyBasis}`;

export type HourRow = Omit<ChannelHour, 'end'>;

/** `members`: SHA-256 of the hours it is made of. */
export type DayRow = ChannelDay & { readonly members: string };

export const sha256 = (text: string): string => hash('sha256', text);

const basisWindows: readonly Window[] = [limitsSeries, factsSeries].map((series) => ({
  collection: collections.basis,
  series,
  from: 0,
  to: 1,
}));

const hourWindow = (channel: string, { from, to }: Stretch): Window => ({
  collection: collections.hours,
  series: channel,
  ...hourPlaces({ from, to }),
});

const hourPlaces = ({ from, to }: Stretch): { from: number; to: number } => ({
  from: dayEnd(from),
  to: dayEnd(to) + hoursOfDay,
});

const dayTimes = ({ from, to }: Stretch): { from: number; to: number } => ({ from: dayEnd(from), to: dayEnd(to) + 1 });

const dayWindows = (channel: string, stretch: Stretch): readonly Window[] => [
  { collection: collections.days, series: channel, ...dayTimes(stretch) },
  { collection: collections.verdicts, series: verdictSeries(channel), ...dayTimes(stretch) },
];

/** What judging these days looks at. */
export const windowsOfDays = (
  touched: readonly TouchedDay[],
  weighted: (channel: string) => string | null,
): Window[] =>
  touched.length === 0
    ? []
    : [
        ...basisWindows,
        ...touched.flatMap(({ channel, day }) => {
          const flow = weighted(channel);
          const stretch = { from: day, to: day };
          return [
            hourWindow(channel, stretch),
            ...(flow === null ? [] : [hourWindow(flow, stretch)]),
            ...dayWindows(channel, stretch),
          ];
        }),
      ];

/** What judging all days of a stretch looks at; hours only of these channels. */
export const windowsOfStretch = (
  channels: readonly string[],
  hoursOf: readonly string[],
  stretch: Stretch,
): Window[] => [
  ...basisWindows,
  ...channels.flatMap((channel) => dayWindows(channel, stretch)),
  ...hoursOf.map((channel) => hourWindow(channel, stretch)),
];

/** Typed reads of the processor's own rows, with the hour that just came in its place. */
export const readRows = (rows: OwnRows, came?: OwnRow<HourRow>) => ({
  hours: (channel: string, day: number): readonly OwnRow<HourRow>[] => {
    const { from, to } = hourPlaces({ from: day, to: day });
    const held = rows.range<HourRow>(collections.hours, channel, from, to);
    const fits = came?.series === channel && came.time >= from && came.time < to;
    return fits ? withRow(held, came) : held;
  },
  day: (channel: string, day: number) => rows.at<DayRow>(collections.days, channel, dayEnd(day)),
  /** The days of a stretch that have their row, and those of which hours are known. */
  madeDays: (channel: string, stretch: Stretch): readonly number[] => {
    const { from, to } = dayTimes(stretch);
    return rows.range<DayRow>(collections.days, channel, from, to).map(({ time }) => dayNumber(hourNumber(time)));
  },
  knownDays: (channel: string, stretch: Stretch): readonly number[] => {
    const { from, to } = hourPlaces(stretch);
    const held = rows.range<HourRow>(collections.hours, channel, from, to);
    return [...new Set(held.map(({ time }) => dayNumber(hourAtPlace(time))))];
  },
  verdict: (channel: string, day: number) =>
    rows.at<ComplianceDayEvaluated>(collections.verdicts, verdictSeries(channel), dayEnd(day)),
  limits: () => rows.at<LimitsRecorded>(collections.basis, limitsSeries, 0)?.data,
  facts: () => rows.at<StationFacts>(collections.basis, factsSeries, 0)?.data,
});

export type ReadRows = ReturnType<typeof readRows>;

/** The higher version of an hour holds, in whatever order they come. */
const withRow = (held: readonly OwnRow<HourRow>[], came: OwnRow<HourRow>): readonly OwnRow<HourRow>[] => {
  const known = held.find(({ time }) => time === came.time);
  if (known && known.version >= came.version) return held;
  return [...held.filter(({ time }) => time !== came.time), came].sort((a, b) => a.time - b.time);
};

export const toHour = ({ time, data }: OwnRow<HourRow>): ChannelHour => ({ end: hourEnd(hourAtPlace(time)), ...data });
