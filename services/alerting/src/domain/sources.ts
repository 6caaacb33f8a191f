import { type ChannelFacts, longestInterval, type StationFacts, settingsOf } from './station-facts.ts';
import { DAY_MS } from './status-share.ts';

export interface WatchSettings {
  readonly episodeGapPeriods: number;
  readonly technicalFaultReadings: number;
  readonly statusSharePercent: number;
}

export const SETS = 'sets';
export const TALLY = 'tally';
export const meanSource = (channel: string, length: string): string => `${channel}/${length}`;

export const lengthOf = (source: string) => source.slice(source.lastIndexOf('/') + 1) as keyof typeof means;

const HOUR_MS = 3_600_000;
/** Means of 8 hours run: there is one each hour. */
export const means = {
  '1h': { lengthMs: HOUR_MS, everyMs: HOUR_MS },
  '8h': { lengthMs: 8 * HOUR_MS, everyMs: HOUR_MS },
  '24h': { lengthMs: DAY_MS, everyMs: DAY_MS },
} as const;

/** How far around a changed reading its neighbours lie. */
export const readingPadMs = (channel: ChannelFacts, settings: WatchSettings): number =>
  settings.technicalFaultReadings * settings.episodeGapPeriods * longestInterval(channel);

export const meanPadMs = (length: keyof typeof means, { episodeGapPeriods }: WatchSettings): number =>
  episodeGapPeriods * means[length].everyMs;

/** What watches are made for. */
export interface Context {
  readonly facts: StationFacts;
  readonly settings: WatchSettings;
}

/** How far apart two readings of one episode may be, by the schedule in force at the first. */
export const readingGap =
  (channel: ChannelFacts, { episodeGapPeriods }: WatchSettings) =>
  (at: number) =>
    episodeGapPeriods * settingsOf(channel, at).intervalMs;
