import { type LimitsRecorded, type RederivationAsked, topics } from '@quantrac/contracts';
import { fromInstant, toInstant } from '@quantrac/regulations';
import type { RowOutput } from '@quantrac/stream-processing';
import type { Origin } from '../domain/episode.ts';
import { meanSource, SETS, TALLY } from '../domain/sources.ts';
import type { Span } from '../domain/span.ts';
import type { StationFacts } from '../domain/station-facts.ts';
import { DAY_MS } from '../domain/status-share.ts';
import { firstDifference } from './change-points.ts';
import { type EpisodesState, limitPointsOf, stationPointsOf } from './episode-state.ts';

/** The outages among what is to be judged again. */
export const OUTAGES = 'outages';

/** What is to be judged again after a change of rules, by the own series that it is read from, and `outages`. */
export interface Stretch extends Span {
  readonly sources: readonly string[];
  /** As far as the first set behind it, by which an outage that lasts beyond it ends; undefined: nothing is behind it. */
  readonly next?: number;
}

const OFFSET_MS = 7 * 3_600_000;

/** Vietnamese midnight at or before. */
export const midnightBefore = (at: number): number => Math.floor((at + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

/** All that is known since an instant, from a midnight on; nothing where nothing is. */
function stretchSince(since: number, { earliest, reached }: EpisodesState, sources: readonly string[]): Stretch[] {
  if (earliest === null || since > reached) return [];
  return [{ sources, from: midnightBefore(Math.max(since, earliest)), to: reached }];
}

/** What a station's record calls into question; a channel that is new to it, only as far as something of it has come. */
export function stretchesOfStation(state: EpisodesState, facts: StationFacts): Stretch[] {
  const known = new Set(state.channels);
  const sinces = Object.keys(facts.channels).map((channel) =>
    known.has(channel) ? undefined : state.strangers[channel],
  );
  sinces.push(firstDifference(state.stationPoints, stationPointsOf(facts, known)));
  const since = Math.min(...sinces.filter((one) => one !== undefined));
  const all = stretchSince(since, state, [SETS, TALLY, OUTAGES, ...meanSources(state)]);
  const silent = Math.min(...otherBounds(state.idle, facts.idle), ...otherBounds(facts.idle, state.idle));
  if (silent === Number.POSITIVE_INFINITY || (all.length > 0 && silent >= since)) return all;
  return [...all, ...stretchSince(Math.min(silent, state.reached), state, [OUTAGES])];
}

function otherBounds(spans: readonly Span[], others: readonly Span[]): number[] {
  const known = new Set(others.flatMap(({ from, to }) => [from, to]));
  return spans.flatMap(({ from, to }) => [from, to]).filter((bound) => !known.has(bound));
}

/** What other limits call into question: readings where those on readings are others, means likewise. */
export function stretchesOfLimits(state: EpisodesState, { limits }: LimitsRecorded): Stretch[] {
  const { readings, means } = limitPointsOf(limits);
  const asked = limits.flatMap(({ channel, basis }) => (basis === 'reading' ? [] : meanSource(channel, basis)));
  const ofMeans = [...new Set([...asked, ...meanSources(state)])];
  return [
    ...stretchSince(firstDifference(state.limitPoints.readings, readings) ?? Infinity, state, [SETS]),
    ...stretchSince(firstDifference(state.limitPoints.means, means) ?? Infinity, state, ofMeans),
  ];
}

const meanSources = ({ series }: EpisodesState): string[] => [
  ...new Set(
    Object.values(series)
      .map(({ source }) => source)
      .filter((source) => source !== SETS && source !== TALLY),
  ),
];

/** So much is judged again in one decision, the newest first; the rest is asked for, so that what arrives meanwhile is not held up. */
export function newestPart(stretch: Stretch, stretchMs: number): { part: Stretch; rest?: Stretch } {
  const { from, to, sources } = stretch;
  const cut = midnightBefore(to - stretchMs);
  return cut <= from ? { part: stretch } : { part: { ...stretch, from: cut }, rest: { from, to: cut, sources } };
}

export const stretchOf = ({ sources, from, to, next }: RederivationAsked): Stretch => ({
  sources,
  from: fromInstant(from)!,
  to: fromInstant(to)!,
  next: next === null ? Number.MAX_SAFE_INTEGER : fromInstant(next)!,
});

/** `name`: given once for a station. */
export function askedRow(
  station: string,
  name: string,
  { from, to, sources, next }: Stretch,
  origin: Origin,
): RowOutput {
  const { knownAt, cause, root } = origin;
  const data: RederivationAsked = {
    rederivation: name,
    station,
    sources: [...sources],
    from: toInstant(from),
    to: toInstant(to),
    next: next === undefined || next === Number.MAX_SAFE_INTEGER ? null : toInstant(next),
    knownAt: toInstant(knownAt),
    cause,
    root,
  };
  const series = name;
  return {
    kind: 'row',
    topic: topics.rederivations,
    type: 'RederivationAsked',
    series,
    time: to,
    version: 1,
    knownAt,
    data,
  };
}
