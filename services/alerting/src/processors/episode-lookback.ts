import type {
  AggregateComputed,
  ComplianceDayEvaluated,
  IntakeAdvanced,
  LimitsRecorded,
  ObservationSetChecked,
  StationRecorded,
} from '@quantrac/contracts';
import { dayBounds, fromInstant } from '@quantrac/regulations';
import type { Message, Window } from '@quantrac/stream-processing';
import { meanPadMs, meanSource, means, SETS, TALLY } from '../domain/sources.ts';
import { hull, type Span, widened } from '../domain/span.ts';
import { longestDue, type StationFacts, stationFacts } from '../domain/station-facts.ts';
import { DAY_MS } from '../domain/status-share.ts';
import { outageSubject } from '../domain/watch.ts';
import { firstDifference } from './change-points.ts';
import { AWAY, AWAY_SERIES, EPISODES, LIMITS, MEMBERS, RULES, STATION } from './episode-rows.ts';
import { type EpisodesState, limitPointsOf, type Memory, near, padsOf, stationPointsOf } from './episode-state.ts';
import type { EpisodeSettings } from './episode-work.ts';
import { UNENDED } from './rederive.ts';

const OFFSET_MS = 7 * 3_600_000;

/** Vietnamese midnight at or before. */
export const midnightBefore = (at: number): number => Math.floor((at + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

/** All that a change of a record since an instant may touch; undefined: nothing is known since then. */
export function changedSince(since: number | undefined, state: EpisodesState): Span | undefined {
  return since === undefined || since > state.reached ? undefined : { from: midnightBefore(since), to: state.reached };
}

/** A set that came: where it lies outside of all others, the silence beside it reaches to the nearest. */
export const setChange = ({ oldest, newest }: EpisodesState, at: number): Span => ({
  from: newest === null ? at : Math.min(newest, at - 1),
  to: oldest === null ? at : Math.max(oldest, at),
});

/** What an advance lets be seen: everything that came since the one before, too. */
export const advanceChange = ({ advancedTo, oldest, newest }: EpisodesState, upTo: number): Span => ({
  from: Math.min(advancedTo ?? oldest ?? upTo, upTo),
  to: Math.max(upTo, newest ?? upTo),
});

/** What a change of the station's record touches of its outages: since it began or ceased to send at other times, too. */
export function silenceChange(change: Span | undefined, { idle, reached }: EpisodesState, facts: StationFacts) {
  const since = Math.min(...otherBounds(idle, facts.idle), ...otherBounds(facts.idle, idle));
  if (since === Number.POSITIVE_INFINITY) return change;
  const silent: Span = { from: Math.min(since, reached), to: reached };
  return change ? hull(change, silent) : silent;
}

function otherBounds(spans: readonly Span[], others: readonly Span[]): number[] {
  const known = new Set(others.flatMap(({ from, to }) => [from, to]));
  return spans.flatMap(({ from, to }) => [from, to]).filter((bound) => !known.has(bound));
}

/** A mean's period; its row stands at the instant that opens it. */
export const spanOfMean = ({ end, length }: Pick<AggregateComputed, 'end' | 'length'>): Span => {
  const to = fromInstant(end)!;
  return { from: to - means[length].lengthMs, to };
};

export const spanOfDay = ({ day }: Pick<ComplianceDayEvaluated, 'day'>): Span => {
  const { after, upTo } = dayBounds(day);
  return { from: after, to: upTo };
};

type Sight = ReturnType<typeof sightOf>;

/** Gathers the windows of one message; wider than what is read, never narrower. */
function sightOf(state: EpisodesState, memory: Memory) {
  const windows = new Map<string, { collection: string; series: string; span: Span }>();
  const see = (collection: string, series: string, span: Span) => {
    const name = `${collection} ${series}`;
    const known = windows.get(name);
    windows.set(name, { collection, series, span: known ? hull(known.span, span) : span });
  };
  const around = (series: string, change: Span, padMs: number) => {
    const known = state.series[series];
    const found = near(known, change, { padMs, now: state.reached, memory });
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
    members(source: string, change: Span, padMs: number, channels?: readonly string[]) {
      see(MEMBERS, source, widened(change, padMs));
      for (const [series, known] of Object.entries(state.series)) {
        if (known.source !== source || series === outageSubject.series) continue;
        if (channels && !channels.some((channel) => series.startsWith(`${channel}/`))) continue;
        around(series, change, Math.max(padMs, known.padMs));
      }
    },
    outages(change: Span, latenessMs: number) {
      const { load } = around(outageSubject.series, change, latenessMs);
      see(AWAY, AWAY_SERIES, { from: load.from, to: UNENDED });
    },
    windows: (): Window[] =>
      [...windows.values()].map(({ collection, series, span: { from, to } }) => ({
        collection,
        series,
        from,
        to: to + 1,
      })),
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
      const channels = readings.map(({ channel }) => channel);
      const pads = channels.map((channel) => state.slowPadMs[channel] ?? state.padMs);
      sight.members(SETS, { from: at, to: at }, Math.max(...pads), channels);
      sight.members(TALLY, { from: midnight - DAY_MS, to: midnight }, DAY_MS);
      sight.outages(setChange(state, at), state.latenessMs);
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
    case 'StationRecorded':
      seeStation(sight, state, message.data as StationRecorded, settings);
      break;
    case 'LimitsRecorded':
      seeLimits(sight, state, message.data as LimitsRecorded, settings);
      break;
  }
  return sight.windows();
}

function seeStation(sight: Sight, state: EpisodesState, data: StationRecorded, settings: EpisodeSettings): void {
  const facts = stationFacts(data);
  const latenessMs = Math.max(state.latenessMs, longestDue(facts) + settings.outageGraceMs);
  const change = changedSince(firstDifference(state.stationPoints, stationPointsOf(facts)), state);
  const silent = silenceChange(change, state, facts);
  if (silent) sight.outages(silent, latenessMs);
  if (!change) return;
  sight.members(SETS, change, Math.max(widestPad(state), widestPad(padsOf(facts, settings))));
  sight.members(TALLY, change, DAY_MS);
  for (const source of meanSources(state)) sight.members(source, change, 0);
}

function seeLimits(sight: Sight, state: EpisodesState, { limits }: LimitsRecorded, settings: EpisodeSettings): void {
  const change = changedSince(firstDifference(state.limitPoints, limitPointsOf(limits)), state);
  if (!change) return;
  sight.members(SETS, change, widestPad(state));
  for (const { channel, basis } of limits)
    if (basis !== 'reading') sight.members(meanSource(channel, basis), change, meanPadMs(basis, settings));
  for (const source of meanSources(state)) sight.members(source, change, 0);
}

const widestPad = ({ padMs, slowPadMs }: Pick<EpisodesState, 'padMs' | 'slowPadMs'>): number =>
  Math.max(padMs, ...Object.values(slowPadMs));

const meanSources = ({ series }: EpisodesState): Set<string> =>
  new Set(
    Object.values(series)
      .map(({ source }) => source)
      .filter((source) => source !== SETS && source !== TALLY),
  );
