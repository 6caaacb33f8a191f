import type { LimitsRecorded, RederivationAsked, StationRecorded } from '@quantrac/contracts';
import { isNewer } from '@quantrac/event-sourcing';
import { hasBadStatus } from '../domain/outcome.ts';
import { SETS, TALLY } from '../domain/sources.ts';
import type { Span } from '../domain/span.ts';
import { isDeclared, longestDue, settingsOf, shortestInterval, stationFacts } from '../domain/station-facts.ts';
import { outageSubject, type SetContent, type TallyContent, type Watch } from '../domain/watch.ts';
import { firstDifference } from './change-points.ts';
import { LIMITS, MEMBERS, RULES, rulesRow, STATION } from './episode-rows.ts';
import { limitPointsOf, padsOf, stationPointsOf } from './episode-state.ts';
import { knownAround, limitsIn, nearOf, type Strand, settle, type Work, watchesFor } from './episode-work.ts';
import { rederive, rederiveOutages } from './rederive.ts';
import {
  askedRow,
  newestPart,
  OUTAGES,
  type Stretch,
  stretchesOfLimits,
  stretchesOfStation,
  stretchOf,
} from './stretches.ts';
import { dayOpening, putTally } from './take-data.ts';

/** The station's record: everything since the first date at which it says something else is judged again. */
export function takeStation(work: Work, data: StationRecorded): void {
  const { state, settings, origin } = work;
  const known = { version: state.station, knownAt: state.stationKnownAt };
  if (state.station > 0 && !isNewer({ version: data.version, knownAt: origin.knownAt }, known)) return;
  const facts = stationFacts(data);
  const points = stationPointsOf(facts);
  const stretches = stretchesOfStation(state, facts);
  state.station = Math.max(state.station, data.version);
  state.stationKnownAt = origin.knownAt;
  const isSame = firstDifference(state.stationPoints, points) === undefined;
  if (isSame && JSON.stringify(facts.idle) === JSON.stringify(state.idle)) return;
  putRules(work, STATION, data.version, { facts });
  state.stationPoints = points;
  state.idle = facts.idle;
  state.channels = Object.keys(facts.channels);
  state.strangers = Object.fromEntries(Object.entries(state.strangers).filter(([channel]) => !facts.channels[channel]));
  Object.assign(state, padsOf(facts, settings));
  state.shortestMs = shortestInterval(facts);
  state.latenessMs = longestDue(facts) + settings.outageGraceMs;
  work.facts = facts;
  work.watches = watchesFor(facts, limitsIn(work.rows), settings);
  judgeAgain(work, stretches);
}

/** The limits: what is measured against them is judged again, and what a removed one had found is withdrawn. */
export function takeLimits(work: Work, data: LimitsRecorded): void {
  const { state, origin } = work;
  const known = { version: state.limits, knownAt: state.limitsKnownAt };
  if (state.limits > 0 && !isNewer({ version: data.version, knownAt: origin.knownAt }, known)) return;
  const stretches = stretchesOfLimits(state, data);
  state.limits = Math.max(state.limits, data.version);
  state.limitsKnownAt = origin.knownAt;
  state.limitPoints = limitPointsOf(data.limits);
  putRules(work, LIMITS, data.version, { limits: data.limits });
  work.watches = watchesFor(work.facts, data.limits, work.settings);
  judgeAgain(work, stretches);
}

/** Whose owner was restored from a copy gives a version a second time: the row is a newer one all the same. */
function putRules({ rows, origin }: Work, series: string, version: number, rules: object): void {
  const known = rows.at(RULES, series, 0);
  rows.put(rulesRow(series, 0, Math.max(version, (known?.version ?? 0) + 1), origin.knownAt, rules));
}

/** A further part of what an earlier record called into question, by the rules in force now. */
export function takeRederivation(work: Work, data: RederivationAsked): void {
  judgePart(work, data.rederivation, stretchOf(data));
}

const judgeAgain = (work: Work, stretches: readonly Stretch[]): void => {
  for (const [number, stretch] of stretches.entries()) judgePart(work, `${work.origin.cause}/${number}`, stretch);
};

function judgePart(work: Work, name: string, stretch: Stretch): void {
  const { part, rest } = newestPart(stretch, work.memory.stretchMs);
  const isAsked = (source: string) => part.sources.includes(source);
  if (isAsked(TALLY)) tallyAgain(work, part);
  for (const [series, { source, padMs }] of Object.entries(work.state.series))
    if (isAsked(source) && series !== outageSubject.series && !work.watches.bySeries.has(series))
      retire(work, { subject: subjectOf(series), source, padMs, tailMs: 0 }, part);
  for (const watch of work.watches.bySeries.values()) if (isAsked(watch.source)) rederive(work, watch, part);
  if (isAsked(OUTAGES)) rederiveOutages(work, part, part.next);
  if (!rest) return;
  const [first] = isAsked(OUTAGES) ? work.rows.range(MEMBERS, SETS, part.from, part.to + 1) : [];
  const next = first?.time ?? part.next;
  work.rows.put(askedRow(work.station, name, { ...rest, ...(next !== undefined && { next }) }, work.origin));
}

/** Of a series that nothing watches any more: what is withdrawn keeps what it said. */
const subjectOf = (series: string): Strand['subject'] => {
  const [channel, rule, limit] = series.split('/') as [string, Watch['rule'], string];
  return { series, channel, rule, limit, basis: null };
};

/** The limit is gone: what it had found since is unfounded. */
function retire(work: Work, strand: Strand, part: Span): void {
  const around = nearOf(work, strand, part);
  settle(work, strand, { around, known: knownAround(work, strand, around, part), found: [] });
}

/** Counts the days again, since declared periods or schedules may be others now; the day that a part ends before is of a newer one. */
function tallyAgain(work: Work, { from, to }: Span): void {
  const isOwn = (day: number) => day >= from && (day < to || to === work.state.reached);
  const days = new Map<number, Record<string, number>>();
  for (const { time, data } of work.rows.range<SetContent>(MEMBERS, SETS, from, to + 1))
    for (const [channel, outcome] of Object.entries(data)) {
      const facts = work.facts.channels[channel];
      if (!facts || !hasBadStatus(outcome) || isDeclared(work.facts, channel, time)) continue;
      const day = dayOpening(time, settingsOf(facts, time).stamp);
      const tally = days.get(day) ?? {};
      tally[channel] = (tally[channel] ?? 0) + 1;
      days.set(day, tally);
    }
  for (const { time } of work.rows.range<TallyContent>(MEMBERS, TALLY, from, to + 1))
    if (!days.has(time)) days.set(time, {});
  for (const [day, tally] of days) if (isOwn(day)) putTally(work, day, tally);
}
