import type { LimitInForce } from '@quantrac/contracts';
import { dayBounds } from '@quantrac/regulations';
import type { Run } from '../domain/run.ts';
import { readingPadMs, SETS, type WatchSettings } from '../domain/sources.ts';
import { hull, type Span, widened } from '../domain/span.ts';
import type { StationFacts } from '../domain/station-facts.ts';
import { type ChangePoints, changePoints } from './change-points.ts';

/** What is remembered of a station between records; small, since every commit writes it. Instants in ms. */
export interface EpisodesState {
  /** The highest versions of its record and of its limits that were seen, and when the newest became known; 0: none. */
  readonly station: number;
  readonly stationKnownAt: number;
  readonly limits: number;
  readonly limitsKnownAt: number;
  readonly stationPoints: ChangePoints;
  readonly limitPoints: LimitPoints;
  /** Those that the record names. */
  readonly channels: readonly string[];
  /** Channels that it does not name, by when something of them was first sent for. */
  readonly strangers: Readonly<Record<string, number>>;
  /** How far around a reading its neighbours lie, for most channels and for those that look farther. */
  readonly padMs: number;
  readonly slowPadMs: Readonly<Record<string, number>>;
  /** When the station was in a state in which nothing should come. */
  readonly idle: readonly Span[];
  /** The shortest that its interval ever is. */
  readonly shortestMs: number;
  /** How late a set may be at most. */
  readonly latenessMs: number;
  /** The first instant that anything tells of. */
  readonly earliest: number | null;
  /** Of sets; null: none has come. */
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly advancedTo: number | null;
  /** When this node last told of an advance, by its clock. */
  readonly heardAt: number | null;
  /** How far anything tells that the station is known: a set, a mean, an advance. */
  readonly reached: number;
  /** The same by each of the topics that tell it: whether a run is over hangs on its own alone, in whose order it is. Sets and advances; means; days. */
  readonly seen: Readonly<Record<'sets' | 'means' | 'days', number>>;
  readonly openSince: number | null;
  /** By series, the ordinal given last. */
  readonly ordinals: Readonly<Record<string, number>>;
  /** Every series that has had an episode. */
  readonly series: Readonly<Record<string, SeriesState>>;
}

export interface SeriesState {
  /** Where its members are read from. */
  readonly source: string;
  readonly padMs: number;
  /** Episodes that are recent, long or open; older short ones are found among the rows around them. */
  readonly runs: readonly KnownRun[];
  /** Those that ended before are not all among them; absent: all are. */
  readonly forgottenTo?: number;
}

/** A current episode, by the times of its members. */
export interface KnownRun extends Run {
  readonly opened: number;
  readonly ordinal: number;
  /** The whole stretch between two sets, where two outages share it: the node's and the station's. */
  readonly silence?: Span | undefined;
  /** The older part of a long run that goes on, so that it need not be read for every new member. */
  readonly head?: Run | undefined;
}

/** `last` of an outage that has not ended; a number, since state is JSON. */
export const UNENDED = Number.MAX_SAFE_INTEGER;

export const initialState: EpisodesState = {
  station: 0,
  stationKnownAt: 0,
  limits: 0,
  limitsKnownAt: 0,
  stationPoints: {},
  limitPoints: { readings: {}, means: {} },
  channels: [],
  strangers: {},
  padMs: 0,
  slowPadMs: {},
  idle: [],
  shortestMs: 0,
  latenessMs: 0,
  earliest: null,
  oldest: null,
  newest: null,
  advancedTo: null,
  heardAt: null,
  reached: 0,
  seen: { sets: 0, means: 0, days: 0 },
  openSince: null,
  ordinals: {},
  series: {},
};

/** How far back runs are remembered; for means and days four times as far. */
export interface Memory {
  /** A run that ended within this before the end of the newest of its series is recent. */
  readonly recentMs: number;
  /** A run over more than this is long. */
  readonly longMs: number;
  /** A run that goes on is remembered in two parts, the older of which ends about so far behind the newest member. */
  readonly headMs: number;
  /** So much of a station's history is judged again in one decision. */
  readonly stretchMs: number;
}

const HOUR_MS = 3_600_000;

export const memory: Memory = {
  recentMs: 48 * HOUR_MS,
  longMs: 168 * HOUR_MS,
  headMs: HOUR_MS,
  stretchMs: 168 * HOUR_MS,
};

const memoryOf = ({ source }: SeriesState, { recentMs, longMs }: Memory): Pick<Memory, 'recentMs' | 'longMs'> =>
  source === SETS ? { recentMs, longMs } : { recentMs: 4 * recentMs, longMs: 4 * longMs };

/** What surrounds a change of one series: which episodes it may touch, and what must be read. */
export interface Near {
  readonly touched: readonly KnownRun[];
  /** The change and what it touches. */
  readonly core: Span;
  /** What lies before the members to be read. */
  readonly head: Run | undefined;
  /** Of members. */
  readonly load: Span;
  /** Of episodes. */
  readonly episodes: Span;
  /** So old that short episodes are not remembered: they are looked for among the rows. */
  readonly deep: boolean;
}

export function near(
  series: SeriesState | undefined,
  change: Span,
  { padMs, memory }: { padMs: number; memory: Memory },
): Near {
  const touched = touching(series?.runs ?? [], change, padMs);
  const core = touchedCore(touched, change);
  const openings = touched.map(({ opened }) => ({ from: opened, to: opened })).reduce(hull, core);
  const own = series && memoryOf(series, memory);
  const deep = own !== undefined && change.from - padMs < (series?.forgottenTo ?? -Infinity);
  const close = widened(core, padMs);
  const around = deep ? hull(close, widened(change, 2 * (padMs + own.longMs))) : close;
  const head = deep ? undefined : headBefore(touched, change.from);
  return {
    touched,
    core,
    head,
    load: head ? { from: head.last + 1, to: around.to } : around,
    episodes: hull(openings, around),
    deep,
  };
}

export const extentOf = ({ start, last, silence }: Run & Pick<KnownRun, 'silence'>): Span =>
  silence ?? { from: start, to: last };

/** The runs that a change of members in a span may alter, end, join or split. */
export function touching(runs: readonly KnownRun[], change: Span, padMs: number): KnownRun[] {
  const { from, to } = widened(change, padMs);
  return runs.filter(({ start, last, silence }) => (silence?.from ?? start) <= to && from <= (silence?.to ?? last));
}

/** A change and what it touches: no other episode lies inside. */
export const touchedCore = (touched: readonly KnownRun[], change: Span): Span =>
  touched.map(extentOf).reduce(hull, change);

/** The older part of the first touched run, unless the change lies in it. */
function headBefore(touched: readonly KnownRun[], change: number): Run | undefined {
  const first = touched.reduce<KnownRun | undefined>((a, b) => (a && a.start <= b.start ? a : b), undefined);
  return first?.head && first.head.last < change ? first.head : undefined;
}

/** Forgets runs that have ended, and are neither recent nor long; of two outages between the same sets both or none. */
export function pruned(state: SeriesState, memory: Memory): SeriesState {
  const { recentMs, longMs } = memoryOf(state, memory);
  // by its own runs alone: how far other topics have come must not change how one series is looked at
  const newest = Math.max(...state.runs.map(({ start, last }) => (last === UNENDED ? start : last)));
  const recentFrom = newest - recentMs;
  const isKept = (run: KnownRun) => {
    const { from, to } = extentOf(run);
    const spread = Math.max(to, run.opened) - Math.min(from, run.opened);
    return run.open || to >= recentFrom || spread > longMs;
  };
  const between = new Set(state.runs.filter(isKept).flatMap(({ silence }) => silence?.from ?? []));
  const kept = state.runs.filter((run) => isKept(run) || (run.silence && between.has(run.silence.from)));
  if (kept.length === state.runs.length) return state;
  return { ...state, runs: kept, forgottenTo: Math.max(recentFrom, state.forgottenTo ?? recentFrom) };
}

/** Beyond this a channel's reach is told on its own, so that the others need not look as far. */
const SLOW_MS = 3 * HOUR_MS;

/** How far around its readings each channel looks. */
export function padsOf(
  { channels }: StationFacts,
  settings: WatchSettings,
): Pick<EpisodesState, 'padMs' | 'slowPadMs'> {
  const pads = Object.entries(channels).map(([channel, facts]) => [channel, readingPadMs(facts, settings)] as const);
  const isSlow = ([, padMs]: readonly [string, number]) => padMs > SLOW_MS;
  const quick = pads.filter((pad) => !isSlow(pad)).map(([, padMs]) => padMs);
  return { padMs: Math.max(0, ...quick), slowPadMs: Object.fromEntries(pads.filter(isSlow)) };
}

/** `known`: only of these channels. */
export const stationPointsOf = ({ channels, declared }: StationFacts, known?: ReadonlySet<string>): ChangePoints =>
  changePoints([
    ...Object.entries(channels)
      .filter(([channel]) => known?.has(channel) ?? true)
      .flatMap(([channel, { settings, parameter }]) =>
        settings.map(({ from, ...content }) => ({ from, content: [channel, parameter, content] })),
      ),
    ...declared.map(({ from, to, channels: only }) => ({ from, to, content: only ?? [] })),
  ]);

/** Of limits on readings and of those on means, apart: a year of readings is not read for the sake of a mean. */
export interface LimitPoints {
  readonly readings: ChangePoints;
  readonly means: ChangePoints;
}

export const limitPointsOf = (limits: readonly LimitInForce[]): LimitPoints => ({
  readings: pointsOf(limits.filter(({ basis }) => basis === 'reading')),
  means: pointsOf(limits.filter(({ basis }) => basis !== 'reading')),
});

const pointsOf = (limits: readonly LimitInForce[]): ChangePoints =>
  changePoints(
    limits.map(({ from, to, ...content }) => ({
      from: dayBounds(from).after,
      to: to === null ? undefined : dayBounds(to).upTo,
      content,
    })),
  );
