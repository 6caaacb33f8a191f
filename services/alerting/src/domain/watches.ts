import type { LimitInForce } from '@quantrac/contracts';
import { datedJudges } from './dated-limits.ts';
import { limitWatch } from './limit-watch.ts';
import { type Context, readingGap, readingPadMs, SETS, TALLY, type WatchSettings } from './sources.ts';
import { type ChannelFacts, isDeclared, type StationFacts, settingsOf } from './station-facts.ts';
import { DAY_MS, excessiveStatusShare } from './status-share.ts';
import { technicalFault } from './technical-fault.ts';
import { type SetContent, subject, type TallyContent, type Watch } from './watch.ts';

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

function faultWatch(channel: string, channelFacts: ChannelFacts, { facts, settings }: Context): Watch {
  return {
    ...subject(channel, 'technical-fault', null, 'reading'),
    channel,
    source: SETS,
    lengthMs: 0,
    gapMs: readingGap(channelFacts, settings),
    followedBy: () => 'sets',
    least: settings.technicalFaultReadings,
    terms: { readings: settings.technicalFaultReadings, gapPeriods: settings.episodeGapPeriods },
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
    followedBy: () => 'sets',
    terms: { percent: settings.statusSharePercent },
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
