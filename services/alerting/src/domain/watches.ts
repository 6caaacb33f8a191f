import type { LimitInForce } from '@quantrac/contracts';
import { type DatedJudge, datedJudges, inForceAt, type LimitRule } from './dated-limits.ts';
import { countedValue } from './outcome.ts';
import type { Run } from './run.ts';
import { type ChannelFacts, isDeclared, longestInterval, type StationFacts, settingsOf } from './station-facts.ts';
import { DAY_MS, excessiveStatusShare } from './status-share.ts';
import { technicalFault } from './technical-fault.ts';
import { type MeanContent, type SetContent, subject, type TallyContent, type Watch } from './watch.ts';

export interface WatchSettings {
  readonly episodeGapPeriods: number;
  readonly technicalFaultReadings: number;
  readonly statusSharePercent: number;
}

export const SETS = 'sets';
export const TALLY = 'tally';
export const meanSource = (channel: string, length: string): string => `${channel}/${length}`;

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

/** Everything that is watched at a station. */
export interface Watches {
  readonly bySeries: ReadonlyMap<string, Watch>;
  /** Those that look at readings, by channel. */
  readonly ofReadings: ReadonlyMap<string, readonly Watch[]>;
  /** Those that look at means, by source. */
  readonly ofMeans: ReadonlyMap<string, readonly Watch[]>;
  /** Those that look at days of status, by channel. */
  readonly ofDays: ReadonlyMap<string, Watch>;
}

export function watchesOf(facts: StationFacts, limits: readonly LimitInForce[], settings: WatchSettings): Watches {
  const all = allWatches(limits, { facts, settings });
  const ofReadings = all.filter(({ source }) => source === SETS);
  const ofDays = all.filter(({ source }) => source === TALLY);
  const ofMeans = all.filter(({ source }) => source !== SETS && source !== TALLY);
  return {
    bySeries: new Map(all.map((watch) => [watch.series, watch])),
    ofReadings: Map.groupBy(ofReadings, ({ channel }) => channel),
    ofMeans: Map.groupBy(ofMeans, ({ source }) => source),
    ofDays: new Map(ofDays.map((watch) => [watch.channel, watch])),
  };
}

function allWatches(limits: readonly LimitInForce[], context: Context): Watch[] {
  const watches: Watch[] = [];
  const { facts } = context;
  for (const [channel, channelFacts] of Object.entries(facts.channels)) {
    watches.push(faultWatch(channel, channelFacts, context), shareWatch(channel, channelFacts, context));
    const own = Map.groupBy(
      limits.filter((limit) => limit.channel === channel),
      ({ limit, basis }) => `${limit}\n${basis}`,
    );
    for (const dated of own.values())
      for (const rule of ['exceedance', 'early-warning'] as const) {
        const judges = datedJudges(dated, rule);
        if (judges.length > 0) watches.push(limitWatch(rule, judges, channelFacts, context));
      }
  }
  return watches;
}

interface Context {
  readonly facts: StationFacts;
  readonly settings: WatchSettings;
}

const readingGap =
  (channel: ChannelFacts, { episodeGapPeriods }: WatchSettings) =>
  (at: number) =>
    episodeGapPeriods * settingsOf(channel, at).intervalMs;

function faultWatch(channel: string, channelFacts: ChannelFacts, { facts, settings }: Context): Watch {
  return {
    ...subject(channel, 'technical-fault', null, 'reading'),
    channel,
    source: SETS,
    lengthMs: 0,
    gapMs: readingGap(channelFacts, settings),
    least: settings.technicalFaultReadings,
    padMs: readingPadMs(channelFacts, settings),
    member(at, content) {
      const outcome = (content as SetContent)[channel];
      if (!outcome || isDeclared(facts, channel, at)) return undefined;
      const judged = technicalFault(outcome);
      return judged && { at, ...judged };
    },
    unit: () => null,
    explain: () =>
      `${channelFacts.parameter}: at least ${settings.technicalFaultReadings} readings in a row failed quality control`,
  };
}

function shareWatch(channel: string, channelFacts: ChannelFacts, { settings }: Context): Watch {
  return {
    ...subject(channel, 'status-share', null, '24h'),
    channel,
    source: TALLY,
    lengthMs: DAY_MS,
    gapMs: () => DAY_MS,
    least: 1,
    padMs: DAY_MS,
    member(at, content) {
      const bad = (content as TallyContent)[channel];
      if (!bad) return undefined;
      const expected = Math.max(1, Math.round(DAY_MS / settingsOf(channelFacts, at).intervalMs));
      const beyond = excessiveStatusShare({ bad, expected }, settings.statusSharePercent);
      return beyond && { at, beyond };
    },
    unit: () => '%',
    explain: ({ peak, threshold }) =>
      `${channelFacts.parameter}: up to ${peak} % of a day's readings were sent as calibration or device error, more than ${threshold} %`,
  };
}

function limitWatch(
  rule: LimitRule,
  judges: readonly DatedJudge[],
  channelFacts: ChannelFacts,
  { facts, settings }: Context,
): Watch {
  const { channel, limit, basis } = judges[0]!.limit;
  const own = subject(channel, rule, limit, basis);
  const judged = (at: number, end: number, value: string | null | undefined, unit: string) => {
    const inForce = value ? inForceAt(judges, end) : undefined;
    return inForce?.limit.unit === unit ? { at, beyond: inForce.judge(value!) } : undefined;
  };
  const lengthMs = basis === 'reading' ? 0 : means[basis].lengthMs;
  const described = (start: number) => inForceAt(judges, start + Math.max(lengthMs, 1)) ?? judges[0]!;
  const told = {
    unit: (start: number) => described(start).limit.unit,
    explain: (run: Run) => limitSentence(rule, run, described(run.start).limit),
  };
  if (basis !== 'reading')
    return {
      ...own,
      channel,
      source: meanSource(channel, basis),
      lengthMs,
      gapMs: () => meanPadMs(basis, settings),
      least: 1,
      padMs: meanPadMs(basis, settings),
      member(at, content) {
        const { value, unit } = content as MeanContent;
        return judged(at, at + lengthMs, value, unit);
      },
      ...told,
    };
  return {
    ...own,
    channel,
    source: SETS,
    lengthMs,
    gapMs: readingGap(channelFacts, settings),
    least: 1,
    padMs: readingPadMs(channelFacts, settings),
    member(at, content) {
      const outcome = (content as SetContent)[channel];
      if (!outcome || isDeclared(facts, channel, at)) return undefined;
      const { stamp, unit } = settingsOf(channelFacts, at);
      return judged(at, stamp === 'start' ? at + 1 : at, countedValue(outcome), unit);
    },
    ...told,
  };
}

function limitSentence(rule: LimitRule, { peak, threshold }: Run, limit: LimitInForce): string {
  const { parameter, basis, unit, standard, column, unconfirmed } = limit;
  const measured = basis === 'reading' ? `readings of ${parameter}` : `${basis} means of ${parameter}`;
  const passed = rule === 'exceedance' ? 'beyond the limit' : 'near or beyond the limit, warning from';
  const source = `${standard}${column === null ? '' : `, column ${column}`}`;
  const mark = unconfirmed ? '; the limit rests on a table that nobody has confirmed' : '';
  return `${measured} ${passed} ${threshold} ${unit} (${source}), farthest ${peak}${mark}`;
}
