import type { LimitsRecorded, StationRecorded } from '@quantrac/contracts';
import { hasBadStatus } from '../domain/outcome.ts';
import { SETS, TALLY } from '../domain/sources.ts';
import type { Span } from '../domain/span.ts';
import { isDeclared, longestDue, settingsOf, stationFacts } from '../domain/station-facts.ts';
import type { SetContent, TallyContent, Watch } from '../domain/watch.ts';
import { firstDifference } from './change-points.ts';
import { changedSince, silenceChange } from './episode-lookback.ts';
import { LIMITS, MEMBERS, rulesRow, STATION } from './episode-rows.ts';
import { limitPointsOf, padsOf, stationPointsOf } from './episode-state.ts';
import { knownAround, limitsIn, nearOf, settle, type Work, watchesFor } from './episode-work.ts';
import { rederive, rederiveOutages, strandOf } from './rederive.ts';
import { dayOpening, putTally } from './take-data.ts';

/** The station's record: everything since the first date at which it says something else is judged again. */
export function takeStation(work: Work, data: StationRecorded): void {
  const { state, settings } = work;
  if (data.version <= state.station) return;
  const facts = stationFacts(data);
  const points = stationPointsOf(facts);
  const change = changedSince(firstDifference(state.stationPoints, points), state);
  const silent = silenceChange(change, state, facts);
  state.station = data.version;
  if (!silent && firstDifference(state.stationPoints, points) === undefined) return;
  work.rows.put(rulesRow(STATION, 0, data.version, work.origin.knownAt, { facts }));
  state.stationPoints = points;
  state.idle = facts.idle;
  Object.assign(state, padsOf(facts, settings));
  state.latenessMs = longestDue(facts) + settings.outageGraceMs;
  work.facts = facts;
  work.watches = watchesFor(facts, limitsIn(work.rows), settings);
  if (change) {
    tallyAgain(work, change);
    for (const watch of work.watches.bySeries.values())
      if (watch.source === SETS || watch.source === TALLY || state.series[watch.series]) rederive(work, watch, change);
  }
  if (silent) rederiveOutages(work, silent);
}

/** The limits: what is measured against them is judged again, and what a removed one had found is withdrawn. */
export function takeLimits(work: Work, data: LimitsRecorded): void {
  const { state } = work;
  if (data.version <= state.limits) return;
  const points = limitPointsOf(data.limits);
  const change = changedSince(firstDifference(state.limitPoints, points), state);
  state.limits = data.version;
  state.limitPoints = points;
  work.rows.put(rulesRow(LIMITS, 0, data.version, work.origin.knownAt, { limits: data.limits }));
  const before = work.watches.bySeries.values();
  work.watches = watchesFor(work.facts, data.limits, work.settings);
  if (!change) return;
  for (const watch of before) if (!work.watches.bySeries.has(watch.series)) retire(work, watch, change);
  for (const watch of work.watches.bySeries.values()) if (watch.limit !== null) rederive(work, watch, change);
}

/** The limit is gone: what it had found since is unfounded. */
function retire(work: Work, watch: Watch, change: Span): void {
  const strand = strandOf(watch);
  const around = nearOf(work, strand, change);
  settle(work, strand, { around, known: knownAround(work, strand, around, change), found: [] });
}

/** Counts the days again, since declared periods or schedules may be others now. */
function tallyAgain(work: Work, { from, to }: Span): void {
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
  for (const [day, tally] of days) if (day >= from) putTally(work, day, tally);
}
