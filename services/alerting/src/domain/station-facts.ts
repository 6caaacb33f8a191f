import type { StationRecorded } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Span } from './span.ts';

/** What of a station's record decides about its episodes; times in ms. */
export interface StationFacts {
  readonly channels: Readonly<Record<string, ChannelFacts>>;
  /** Accepted ones, ascending. */
  readonly declared: readonly DeclaredSpan[];
  /** It is in a state in which data should come. */
  readonly sending: boolean;
}

export interface ChannelFacts {
  readonly parameter: string;
  /** Ascending; the first holds before its date too. */
  readonly settings: readonly DatedSettings[];
}

export interface DatedSettings {
  /** 0: since ever. */
  readonly from: number;
  readonly intervalMs: number;
  readonly deliveryMs: number;
  readonly stamp: 'end' | 'start';
  /** Of the values that count. */
  readonly unit: string;
}

export interface DeclaredSpan {
  readonly from: number;
  readonly to: number;
  /** Undefined: the whole station. */
  readonly channels?: readonly string[] | undefined;
}

const sendingStates: readonly StationRecorded['lifecycle'][] = ['trial', 'confirmed', 'operating'];

export const stationFacts = ({ channels, declaredPeriods, lifecycle }: StationRecorded): StationFacts => ({
  channels: Object.fromEntries(
    channels.map(({ channel, parameter, settings }) => {
      const dated = settings.map(({ from, intervalMs, deliveryMs, stamp, unit }) => ({
        from: from === null ? 0 : fromInstant(from)!,
        intervalMs,
        deliveryMs,
        stamp,
        unit,
      }));
      return [channel, { parameter, settings: dated }];
    }),
  ),
  declared: declaredPeriods
    .filter(({ accepted }) => accepted)
    .map(({ from, to, channels: only }) => ({ from: fromInstant(from)!, to: fromInstant(to)!, channels: only }))
    .sort((a, b) => a.from - b.from || a.to - b.to),
  sending: sendingStates.includes(lifecycle),
});

export const settingsOf = ({ settings }: ChannelFacts, at: number): DatedSettings =>
  settings.findLast(({ from }) => from <= at) ?? settings[0]!;

/** A reading inside an accepted declared period says nothing; both ends belong to the period. */
export const isDeclared = ({ declared }: StationFacts, channel: string, at: number): boolean =>
  declared.some((period) => period.from <= at && at <= period.to && concerns(period, channel));

/** Declared periods cover all of [from, to]; `channel` null: those of the whole station. */
export function isCovered({ declared }: StationFacts, channel: string | null, { from, to }: Span): boolean {
  let covered: number | undefined;
  for (const period of declared)
    if (period.from <= (covered ?? from) && period.to >= (covered ?? from) && concerns(period, channel))
      covered = period.to;
  return covered !== undefined && covered >= to;
}

const concerns = ({ channels }: DeclaredSpan, channel: string | null): boolean =>
  channels === undefined || (channel !== null && channels.includes(channel));

/** The shortest interval between two sets of the station; Infinity without channels. */
export const intervalAt = ({ channels }: StationFacts, at: number): number =>
  Math.min(...Object.values(channels).map((channel) => settingsOf(channel, at).intervalMs));

/** After a set at `at` the next one is due within this: schedule and delivery of the quickest channel. */
export const dueWithin = ({ channels }: StationFacts, at: number): number =>
  Math.min(
    ...Object.values(channels).map((channel) => {
      const { intervalMs, deliveryMs } = settingsOf(channel, at);
      return intervalMs + deliveryMs;
    }),
  );

/** The longest that `dueWithin` ever says; 0 without channels. */
export function longestDue(facts: StationFacts): number {
  const dates = Object.values(facts.channels).flatMap(({ settings }) => settings.map(({ from }) => from));
  return Math.max(0, ...dates.map((from) => dueWithin(facts, from)));
}

export const longestInterval = ({ settings }: ChannelFacts): number =>
  Math.max(...settings.map(({ intervalMs }) => intervalMs));
