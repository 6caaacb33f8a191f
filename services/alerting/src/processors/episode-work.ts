import type { EpisodeRecorded, LimitInForce } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { OwnRows } from '@quantrac/stream-processing';
import { type Drawn, nextVersion, type Origin, withdrawal } from '../domain/episode.ts';
import { type Extent, match } from '../domain/identity.ts';
import type { Run } from '../domain/run.ts';
import type { WatchSettings } from '../domain/sources.ts';
import type { Span } from '../domain/span.ts';
import { hereWithin, type StationFacts } from '../domain/station-facts.ts';
import type { Subject } from '../domain/watch.ts';
import { type Watches, watchesOf } from '../domain/watches.ts';
import {
  type DraftRows,
  draftRows,
  EPISODES,
  episodeOutputs,
  LIMITS,
  type LimitsRow,
  MEMBERS,
  RULES,
  STATION,
  type StationRow,
} from './episode-rows.ts';
import { type EpisodesState, type KnownRun, type Memory, type Near, near, pruned, touching } from './episode-state.ts';

export interface EpisodeSettings extends WatchSettings {
  readonly outageGraceMs: number;
  readonly reportableAfterMs: number;
  readonly backfilledAfterMs: number;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** One decision about one station while it is made. */
export interface Work {
  readonly station: string;
  readonly origin: Origin;
  readonly settings: EpisodeSettings;
  readonly memory: Memory;
  readonly rows: DraftRows;
  /** What was remembered before this record. */
  readonly before: EpisodesState;
  facts: StationFacts;
  watches: Watches;
  readonly state: Draft<EpisodesState>;
}

/** A run with what is told of it. */
export interface Found extends Extent {
  readonly run: Run & Pick<KnownRun, 'head' | 'silence'>;
  readonly drawn: Drawn;
}

/** One series of episodes and where it comes from. */
export interface Strand {
  readonly subject: Subject;
  readonly source: string;
  readonly padMs: number;
  /** From a run's last member to the episode's end. */
  readonly tailMs: number;
}

const nothing: StationFacts = { channels: {}, declared: [], idle: [] };
const noLimits: readonly LimitInForce[] = [];

export function workOf(
  state: EpisodesState,
  rows: OwnRows,
  context: Pick<Work, 'station' | 'origin' | 'settings' | 'memory'>,
): Work {
  const draft = draftRows(rows);
  const facts = factsIn(draft);
  return {
    ...context,
    rows: draft,
    before: state,
    facts,
    watches: watchesFor(facts, limitsIn(draft), context.settings),
    state: { ...state },
  };
}

const factsIn = (rows: OwnRows): StationFacts => rows.at<StationRow>(RULES, STATION, 0)?.data.facts ?? nothing;

export const limitsIn = (rows: OwnRows): readonly LimitInForce[] =>
  rows.at<LimitsRow>(RULES, LIMITS, 0)?.data.limits ?? noLimits;

const made = new WeakMap<StationFacts, { limits: readonly LimitInForce[]; watches: Watches }>();

/** Made once for the records that are in force, not for each reading. */
export function watchesFor(facts: StationFacts, limits: readonly LimitInForce[], settings: WatchSettings) {
  const known = made.get(facts);
  if (known?.limits === limits) return known.watches;
  const watches = watchesOf(facts, limits, settings);
  made.set(facts, { limits, watches });
  return watches;
}

export const nearOf = (work: Work, { subject: { series }, padMs }: Strand, change: Span): Near =>
  near(work.state.series[series], change, { padMs, memory: work.memory });

/** Episodes around a change: those remembered, and where the change is old those among the rows. */
export function knownAround(work: Work, strand: Strand, around: Near, change: Span): KnownRun[] {
  const { series } = strand.subject;
  if (!around.deep) return [...around.touched];
  const { runs } = work.state.series[series]!;
  const remembered = new Set(runs.map(({ opened }) => opened));
  const stored = rowsAround(work, series, around)
    .filter(({ time, data }) => data.state !== 'withdrawn' && !remembered.has(time))
    .map(({ time, data }) => storedRun(time, data, strand));
  const met = touching(stored, change, strand.padMs);
  // Two outages between the same two sets are drawn together; the second begins without a set.
  const isOneSilence = (first: KnownRun, second: KnownRun) =>
    first.last + 1 === second.start && !work.rows.at(MEMBERS, strand.source, second.start);
  const shared = stored.filter(
    (run) => !met.includes(run) && met.some((one) => isOneSilence(one, run) || isOneSilence(run, one)),
  );
  return [...around.touched, ...met, ...shared];
}

const rowsAround = (work: Work, series: string, { episodes }: Near) =>
  work.state.series[series] ? work.rows.range<EpisodeRecorded>(EPISODES, series, episodes.from, episodes.to + 1) : [];

const storedRun = (opened: number, episode: EpisodeRecorded, { tailMs }: Strand): KnownRun => {
  const { start, end, members, peak, threshold, ordinal } = episode;
  const last = fromInstant(end ?? start)! - tailMs;
  return { opened, ordinal, start: fromInstant(start)!, last, members, peak, threshold, open: false };
};

/** Brings the episodes of one series into line with the runs that were found in their place. */
export function settle(
  work: Work,
  strand: Strand,
  { around, known, found }: { around: Near; known: readonly KnownRun[]; found: readonly Found[] },
): void {
  if (known.length === 0 && found.length === 0) return;
  const { subject, source, padMs } = strand;
  const { series } = subject;
  const withdrawn = rowsAround(work, series, around)
    .filter(({ data }) => data.state === 'withdrawn')
    .map(({ time, data }) => ({ ...storedRun(time, data, strand), until: 0 }));
  const claimants = known.map((run) => ({ ...run, until: run.last + 1 }));
  const { amended, revived, opened, withdrawn: gone } = match(claimants, withdrawn, found);
  const current: KnownRun[] = [...amended, ...revived].map(({ known: claimant, found: one }) =>
    version(work, subject, claimant, one),
  );
  for (const one of opened) current.push(version(work, subject, opening(work, subject, one), one));
  for (const { known: run, into } of gone) withdraw(work, subject, run, into);
  const replaced = new Set(known.map((run) => run.opened));
  const others = (work.state.series[series]?.runs ?? []).filter((run) => !replaced.has(run.opened));
  const runs = [...others, ...current].sort((a, b) => a.start - b.start);
  work.state.series = {
    ...work.state.series,
    [series]: pruned({ ...work.state.series[series], source, padMs, runs }, work.memory),
  };
}

/** The next ordinal, and a time of opening that no other episode of the series has. */
function opening(work: Work, { series }: Subject, { run }: Found): { opened: number; ordinal: number } {
  const ordinal = (work.state.ordinals[series] ?? 0) + 1;
  work.state.ordinals = { ...work.state.ordinals, [series]: ordinal };
  let opened = run.start;
  if (work.state.series[series]) while (work.rows.at(EPISODES, series, opened)) opened++;
  return { opened, ordinal };
}

/** Amends one episode that is remembered, in its place. */
export function amend(work: Work, { subject }: Strand, run: KnownRun, found: Found): void {
  const amended = version(work, subject, run, found);
  const { series } = subject;
  const state = work.state.series[series]!;
  const runs = state.runs.map((one) => (one.opened === run.opened ? amended : one));
  work.state.series = { ...work.state.series, [series]: { ...state, runs } };
}

function version(
  work: Work,
  subject: Subject,
  { opened, ordinal }: { opened: number; ordinal: number },
  { run, drawn }: Found,
): KnownRun {
  const previous = previousOf(work, subject, opened);
  const naming = { station: work.station, subject, ordinal };
  const next = nextVersion(naming, drawn, previous, work.origin, toldLateAfterMs(work, drawn.seenUntil));
  if (next) work.rows.put(...episodeOutputs(next, subject.series, opened));
  return { opened, ordinal, ...run };
}

/** Beyond what a reading takes to be here: an hour that a burst brings along is no old news. */
const toldLateAfterMs = ({ facts, settings }: Work, at: number): number =>
  settings.backfilledAfterMs + settings.outageGraceMs + hereWithin(facts, at);

function withdraw(work: Work, subject: Subject, { opened }: KnownRun, into: KnownRun | undefined): void {
  const previous = previousOf(work, subject, opened)!;
  const swallower = into && previousOf(work, subject, into.opened)!.episode;
  work.rows.put(...episodeOutputs(withdrawal(previous, swallower, work.origin), subject.series, opened));
}

const previousOf = (work: Work, { series }: Subject, opened: number): EpisodeRecorded | undefined =>
  work.state.series[series] ? work.rows.at<EpisodeRecorded>(EPISODES, series, opened)?.data : undefined;
