import { toInstant } from '@quantrac/regulations';
import { outages } from '../domain/outage.ts';
import { extended, type Member, type Run, runsOf } from '../domain/run.ts';
import { SETS } from '../domain/sources.ts';
import { meet, type Span } from '../domain/span.ts';
import { dueWithin, intervalAt, isCovered, undeclaredMs } from '../domain/station-facts.ts';
import { outageSubject, type Watch } from '../domain/watch.ts';
import { AWAY, AWAY_SERIES, type AwayRow, MEMBERS } from './episode-rows.ts';
import { extentOf, type Near, touchedCore, UNENDED } from './episode-state.ts';
import { amend, type Found, knownAround, nearOf, type Strand, settle, type Work } from './episode-work.ts';

const HOUR_MS = 3_600_000;

export const strandOf = (watch: Watch): Strand => ({
  subject: watch,
  source: watch.source,
  padMs: watch.padMs,
  tailMs: watch.lengthMs,
});

const outageStrand = (latenessMs: number): Strand => ({
  subject: outageSubject,
  source: SETS,
  padMs: latenessMs,
  tailMs: 1,
});

/** Draws the episodes of one watched series again around members that changed. */
export function rederive(work: Work, watch: Watch, change: Span): void {
  const strand = strandOf(watch);
  if (change.from === change.to && appended(work, watch, change.to)) return;
  const around = nearOf(work, strand, change);
  const known = knownAround(work, strand, around, change);
  const core = touchedCore(known, change);
  const members = membersIn(work, watch, around);
  const rule = { gapMs: watch.gapMs, least: watch.least, reached: reachedFor(work, watch) };
  const found = runsOf(members, rule, around.head)
    .filter((run) => meet(extentOf(run), core))
    .map((run) => foundRun(work, watch, { ...run, head: headOf(work, watch, run, members, around) }));
  settle(work, strand, { around, known, found });
}

/** A run that nothing can follow is over. */
const reachedFor =
  ({ state }: Work, { followedBy, lengthMs }: Watch) =>
  (last: number): number => {
    const follower = followedBy(last);
    return follower === 'nothing' ? Number.POSITIVE_INFINITY : state.seen[follower] - lengthMs;
  };

/** The newest reading of all, next to a run that goes on: nothing around it needs to be read. */
function appended(work: Work, watch: Watch, at: number): boolean {
  const run = work.state.series[watch.series]?.runs.at(-1);
  const { newest } = work.before;
  if (!run?.open || watch.source !== SETS || newest === null || at <= newest) return false;
  const isNear = at - run.last <= watch.gapMs(run.last) && work.state.seen.sets - at <= watch.gapMs(at);
  const isShort = at - (run.head?.last ?? run.start) <= 2.5 * work.memory.headMs;
  const member = watch.member(at, work.rows.at(MEMBERS, SETS, at)?.data);
  if (!isNear || !isShort || !member) return false;
  const next = member.beyond ? extended(run, at, member.beyond) : { ...run, open: false };
  const head = next.open ? run.head : undefined;
  amend(work, strandOf(watch), run, foundRun(work, watch, { ...next, head }));
  return true;
}

function membersIn(work: Work, watch: Watch, { load }: Near): Member[] {
  const members: Member[] = [];
  for (const { time, data } of work.rows.range(MEMBERS, watch.source, load.from, load.to + 1)) {
    const member = watch.member(time, data);
    if (member) members.push(member);
  }
  return members;
}

/** What of a run that goes on lies well behind its newest member; undefined: not enough to be worth it. */
function headOf(
  { memory: { headMs } }: Work,
  watch: Watch,
  run: Run,
  members: readonly Member[],
  { head }: Near,
): Run | undefined {
  if (!run.open) return undefined;
  const own = head?.start === run.start ? head : undefined;
  const stepMs = Math.max(headMs, 2 * watch.lengthMs);
  const behind = run.last - stepMs;
  if ((own?.last ?? run.start) >= behind - stepMs) return own;
  const older = members.filter(({ at }) => at >= run.start && at <= behind);
  return runsOf(older, { ...watch, reached: () => behind }, own).at(-1);
}

function foundRun(work: Work, watch: Watch, run: Found['run']): Found {
  const { start, last, members, peak, threshold, open } = run;
  const seenUntil = last + watch.lengthMs;
  return {
    start,
    until: last + 1,
    run,
    drawn: {
      start,
      end: open ? null : seenUntil,
      seenUntil,
      members,
      peak,
      threshold,
      unit: watch.unit(start),
      reportable: false,
      nodeAway: false,
      declared: isCovered(work.facts, watch.channel, { from: start, to: seenUntil }),
      explanation: watch.explain(run),
      terms: watch.terms,
    },
  };
}

/** Runs that nothing has followed for longer than their gap are over, though no record told so. */
export function closeOverdue(work: Work): void {
  for (const [series, { runs }] of Object.entries(work.state.series)) {
    const watch = runs.some(({ open }) => open) && work.watches.bySeries.get(series);
    if (!watch) continue;
    for (const run of runs)
      if (run.open && reachedFor(work, watch)(run.last) - run.last > watch.gapMs(run.last))
        amend(work, strandOf(watch), run, foundRun(work, watch, { ...run, open: false, head: undefined }));
  }
}

/**
 * Draws the station's outages again around times at which sets came, or the intake advanced. `next`: read as far as that, where what
 * lies behind the change was not drawn by the rules that made it one.
 */
export function rederiveOutages(work: Work, change: Span, next = 0): void {
  const { advancedTo, latenessMs } = work.state;
  if (advancedTo === null) return;
  const strand = outageStrand(latenessMs);
  const around = nearOf(work, strand, change);
  const known = knownAround(work, strand, around, change);
  const core = touchedCore(known, change);
  const seen: Span = { from: around.load.from, to: Math.max(around.load.to, next) };
  const found = outages({
    times: work.rows.range(MEMBERS, SETS, seen.from, seen.to + 1).map(({ time }) => time),
    intervalAt: (at) => intervalAt(work.facts, at),
    toleranceMs: work.settings.outageGraceMs,
    latenessAt: (at) => dueWithin(work.facts, at) + work.settings.outageGraceMs,
    advancedTo,
    away: work.rows
      .range<AwayRow>(AWAY, AWAY_SERIES, around.load.from, UNENDED)
      .map(({ time, data }) => ({ from: data.from, to: time })),
    idle: work.facts.idle,
    resumed: resumedIn(work, seen),
  })
    .map((outage) => foundOutage(work, advancedTo, outage))
    .filter(({ run }) => meet(extentOf(run), core));
  settle(work, strand, { around, known, found });
}

/** A station that has not sent before has nothing to resume. */
const resumedIn = ({ facts, state: { oldest } }: Work, { from, to }: Span): number[] =>
  facts.idle.map((span) => span.to).filter((at) => from <= at && at <= to && oldest !== null && oldest < at);

function foundOutage(work: Work, advancedTo: number, outage: ReturnType<typeof outages>[number]): Found {
  const { start, end, nodeAway, shared } = outage;
  const { outageGraceMs, reportableAfterMs } = work.settings;
  const seenUntil = end ?? advancedTo;
  const last = lastOf(end);
  const silence = shared && { from: shared.start, to: lastOf(shared.end) };
  const declared = isCovered(work.facts, null, missedSlots(work, { start, end }, advancedTo));
  const undeclared = undeclaredMs(work.facts, { from: start, to: seenUntil });
  const reportable = !nodeAway && !declared && undeclared > reportableAfterMs;
  return {
    start,
    until: last + 1,
    run: { start, last, members: 0, peak: null, threshold: null, silence, open: end === null },
    drawn: {
      start,
      end,
      seenUntil,
      members: 0,
      peak: null,
      threshold: null,
      unit: null,
      reportable,
      nodeAway,
      declared,
      explanation: outageSentence({ start, end, nodeAway, reportable }, reportableAfterMs),
      terms: {
        lateAfterMs: dueWithin(work.facts, start) + outageGraceMs,
        toleranceMs: outageGraceMs,
        reportableAfterMs,
      },
    },
  };
}

/** From the first to the last at which a set should have been. */
function missedSlots({ facts }: Work, { start, end }: { start: number; end: number | null }, advancedTo: number): Span {
  const interval = intervalAt(facts, start);
  const slots = end === null ? Math.floor((advancedTo - start) / interval) : Math.ceil((end - start) / interval) - 1;
  return { from: start + interval, to: start + Math.max(1, slots) * interval };
}

const lastOf = (end: number | null): number => (end === null ? UNENDED : end - 1);

interface ToldOutage {
  readonly start: number;
  readonly end: number | null;
  readonly nodeAway: boolean;
  readonly reportable: boolean;
}

function outageSentence({ start, end, nodeAway, reportable }: ToldOutage, reportableAfterMs: number): string {
  const span = end === null ? `since ${toInstant(start)}` : `from ${toInstant(start)} to ${toInstant(end)}`;
  if (nodeAway) return `this node itself was away: it received nothing ${span}, which is not the station's fault`;
  return `nothing came from the station ${span}${reportable ? `; an outage over ${reportableAfterMs / HOUR_MS} hours is to be reported` : ''}`;
}
