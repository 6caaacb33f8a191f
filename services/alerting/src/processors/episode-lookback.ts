import type {
  AggregateComputed,
  ComplianceDayEvaluated,
  IntakeAdvanced,
  LimitsRecorded,
  ObservationSetChecked,
  RederivationAsked,
  StationRecorded,
} from '@quantrac/contracts';
import { dayBounds, fromInstant } from '@quantrac/regulations';
import type { Message, Window } from '@quantrac/stream-processing';
import { lengthOf, meanPadMs, meanSource, means, SETS, TALLY } from '../domain/sources.ts';
import { type Span, widened } from '../domain/span.ts';
import { longestDue, type StationFacts, stationFacts } from '../domain/station-facts.ts';
import { DAY_MS } from '../domain/status-share.ts';
import { outageSubject } from '../domain/watch.ts';
import { AWAY, AWAY_SERIES, EPISODES, LIMITS, MEMBERS, RULES, STATION } from './episode-rows.ts';
import { type EpisodesState, extentOf, type Memory, near, padsOf, UNENDED } from './episode-state.ts';
import type { EpisodeSettings } from './episode-work.ts';
import {
  midnightBefore,
  newestPart,
  OUTAGES,
  type Stretch,
  stretchesOfLimits,
  stretchesOfStation,
  stretchOf,
} from './stretches.ts';

/** A set that came: where it lies outside of all others, the silence beside it reaches to the nearest; behind the first to the present. */
export const setChange = ({ oldest, newest, seen }: EpisodesState, at: number): Span => ({
  from: newest === null ? at : Math.min(newest, at - 1),
  to: Math.max(oldest ?? seen.sets, at),
});

/** The next set of a station that lacks none: no outage begins, ends or changes by it. Nearly every set is. */
export function followsQuietly(state: EpisodesState, at: number, { outageGraceMs }: EpisodeSettings): boolean {
  const { newest, advancedTo, shortestMs, series } = state;
  if (newest === null || at <= newest || at - newest > shortestMs + outageGraceMs) return false;
  if (advancedTo !== null && advancedTo - at >= shortestMs) return false;
  return !series[outageSubject.series]?.runs.some((run) => extentOf(run).to >= newest);
}

/** What an advance lets be seen: everything that came since the one before, too. */
export const advanceChange = ({ advancedTo, oldest, newest }: EpisodesState, upTo: number): Span => ({
  from: Math.min(advancedTo ?? oldest ?? upTo, upTo),
  to: Math.max(upTo, newest ?? upTo),
});

/** A mean's period; its row stands at the instant that opens it. */
export const spanOfMean = ({ end, length }: Pick<AggregateComputed, 'end' | 'length'>): Span => {
  const to = fromInstant(end)!;
  return { from: to - means[length].lengthMs, to };
};

export const spanOfDay = ({ day }: Pick<ComplianceDayEvaluated, 'day'>): Span => {
  const { after, upTo } = dayBounds(day);
  return { from: after, to: upTo };
};

type Seen = { -readonly [End in keyof Span]: Span[End] };

type Sight = ReturnType<typeof sightOf>;

/** Gathers the windows of one message; wider than what is read, never narrower. */
function sightOf(state: EpisodesState, memory: Memory) {
  const windows = new Map<string, Map<string, Seen>>();
  const see = (collection: string, series: string, { from, to }: Span) => {
    const ofCollection = windows.get(collection) ?? new Map<string, Seen>();
    windows.set(collection, ofCollection);
    const known = ofCollection.get(series);
    if (!known) ofCollection.set(series, { from, to });
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    }
  };
  const around = (series: string, change: Span, padMs: number) => {
    const known = state.series[series];
    const found = near(known, change, { padMs, memory });
    see(MEMBERS, known?.source ?? SETS, found.load);
    if (known) see(EPISODES, series, found.episodes);
    return found;
  };
  see(RULES, STATION, { from: 0, to: 0 });
  see(RULES, LIMITS, { from: 0, to: 0 });
  for (const [series, { runs }] of Object.entries(state.series))
    for (const { open, opened } of runs) if (open) see(EPISODES, series, { from: opened, to: opened });
  return {
    /** A change of what is read from one source, for all series of it or for those of some channels. */
    members(source: string, change: Span, padMs: number, channels?: ReadonlySet<string>) {
      see(MEMBERS, source, widened(change, padMs));
      for (const [series, known] of Object.entries(state.series)) {
        if (known.source !== source || series === outageSubject.series) continue;
        if (channels && !channels.has(series.slice(0, series.indexOf('/')))) continue;
        around(series, change, Math.max(padMs, known.padMs));
      }
    },
    outages(change: Span, latenessMs: number, next = 0) {
      const { load } = around(outageSubject.series, change, latenessMs);
      if (next > load.to) see(MEMBERS, SETS, { from: load.to, to: next });
      // One that is the node's at first goes on from its return, wherever that is.
      if (state.series[outageSubject.series]) see(EPISODES, outageSubject.series, { from: load.from, to: UNENDED });
      see(AWAY, AWAY_SERIES, { from: load.from, to: UNENDED });
    },
    windows: (): Window[] =>
      [...windows].flatMap(([collection, ofCollection]) =>
        Array.from(ofCollection, ([series, { from, to }]) => ({ collection, series, from, to: to + 1 })),
      ),
  };
}

/** The own rows that deciding about a message may look at. */
export function lookback(state: EpisodesState, message: Message, settings: EpisodeSettings, memory: Memory): Window[] {
  const sight = sightOf(state, memory);
  switch (message.type) {
    case 'ObservationSetChecked': {
      const { time, readings } = message.data as ObservationSetChecked;
      const at = fromInstant(time)!;
      const midnight = midnightBefore(at);
      const channels = new Set(readings.map(({ channel }) => channel));
      const pads = readings.map(({ channel }) => state.slowPadMs[channel] ?? state.padMs);
      sight.members(SETS, { from: at, to: at }, Math.max(...pads), channels);
      sight.members(TALLY, { from: midnight - DAY_MS, to: midnight }, DAY_MS);
      if (!followsQuietly(state, at, settings)) sight.outages(setChange(state, at), state.latenessMs);
      break;
    }
    case 'AggregateComputed': {
      const data = message.data as AggregateComputed;
      const { from: at } = spanOfMean(data);
      sight.members(meanSource(data.channel, data.length), { from: at, to: at }, meanPadMs(data.length, settings));
      break;
    }
    case 'ComplianceDayEvaluated': {
      const data = message.data as ComplianceDayEvaluated;
      const { from: at } = spanOfDay(data);
      sight.members(meanSource(data.channel, '24h'), { from: at, to: at }, meanPadMs('24h', settings));
      break;
    }
    case 'IntakeAdvanced': {
      const upTo = fromInstant((message.data as IntakeAdvanced).upTo)!;
      sight.outages(advanceChange(state, upTo), state.latenessMs);
      break;
    }
    case 'StationRecorded': {
      const facts = stationFacts(message.data as StationRecorded);
      const reach = reachUnder(facts, reachOf(state, memory), settings);
      for (const stretch of stretchesOfStation(state, facts)) seeStretch(sight, stretch, settings, reach);
      break;
    }
    case 'LimitsRecorded':
      for (const stretch of stretchesOfLimits(state, message.data as LimitsRecorded))
        seeStretch(sight, stretch, settings, reachOf(state, memory));
      break;
    case 'RederivationAsked':
      seeStretch(sight, stretchOf(message.data as RederivationAsked), settings, reachOf(state, memory));
      break;
  }
  return sight.windows();
}

/** What judging a stretch again looks at, as far as one decision goes. */
function seeStretch(sight: Sight, stretch: Stretch, settings: EpisodeSettings, reach: Reach): void {
  const { part } = newestPart(stretch, reach.stretchMs);
  for (const source of part.sources)
    if (source === OUTAGES) sight.outages(part, reach.latenessMs, part.next);
    else if (source === SETS) sight.members(SETS, part, reach.padMs);
    else if (source === TALLY) sight.members(TALLY, part, DAY_MS);
    else sight.members(source, part, meanPadMs(lengthOf(source), settings));
}

interface Reach {
  readonly latenessMs: number;
  readonly padMs: number;
  readonly stretchMs: number;
}

const reachOf = (state: EpisodesState, { stretchMs }: Memory): Reach => ({
  latenessMs: state.latenessMs,
  padMs: widestPad(state),
  stretchMs,
});

/** By the record before and by this one. */
function reachUnder(facts: StationFacts, known: Reach, settings: EpisodeSettings): Reach {
  const latenessMs = Math.max(known.latenessMs, longestDue(facts) + settings.outageGraceMs);
  return { ...known, latenessMs, padMs: Math.max(known.padMs, widestPad(padsOf(facts, settings))) };
}

const widestPad = ({ padMs, slowPadMs }: Pick<EpisodesState, 'padMs' | 'slowPadMs'>): number =>
  Math.max(padMs, ...Object.values(slowPadMs));
