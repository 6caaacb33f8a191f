import type {
  AggregateComputed,
  CheckedReading,
  ComplianceDayEvaluated,
  IntakeAdvanced,
  ObservationSetChecked,
} from '@quantrac/contracts';
import { dayBounds, dayOf, fromInstant } from '@quantrac/regulations';
import { hasBadStatus, type Outcome, outcomeOf } from '../domain/outcome.ts';
import type { Member } from '../domain/run.ts';
import { meanSource, SETS, TALLY } from '../domain/sources.ts';
import type { Span } from '../domain/span.ts';
import { isDeclared, settingsOf } from '../domain/station-facts.ts';
import type { Compared, MeanContent, SetContent, TallyContent, Watch } from '../domain/watch.ts';
import { advanceChange, followsQuietly, setChange, spanOfDay, spanOfMean } from './episode-lookback.ts';
import { AWAY_SERIES, awayRow, MEMBERS, memberRow } from './episode-rows.ts';
import { nearOf, type Work } from './episode-work.ts';
import { rederive, rederiveOutages, strandOf } from './rederive.ts';

/** A checked set, at any version: what changed in it is judged again. */
export function takeSet(work: Work, data: ObservationSetChecked): void {
  const at = fromInstant(data.time)!;
  const before = work.rows.at<SetContent>(MEMBERS, SETS, at);
  if (before && before.version >= data.version) return;
  const content = contentOf(data.readings, before?.data);
  work.rows.put(memberRow(SETS, at, data.version, work.origin.knownAt, content));
  const { state } = work;
  state.earliest = Math.min(state.earliest ?? at, at);
  state.newest = Math.max(state.newest ?? at, at);
  state.oldest = Math.min(state.oldest ?? at, at);
  seen(work, 'sets', at);
  for (const channel of changedChannels(before?.data, content)) {
    if (!work.facts.channels[channel]) noteStranger(work, channel, at);
    for (const watch of work.watches.ofReadings.get(channel) ?? [])
      if (mayMatter(work, watch, at, before?.data, content)) rederive(work, watch, { from: at, to: at });
    tallyReading(work, channel, at, before?.data[channel] ?? '', content[channel] ?? '');
  }
  if (!before && !followsQuietly(work.before, at, work.settings)) rederiveOutages(work, setChange(work.before, at));
}

/** A mean counts once its period is closed; a provisional one may still become anything. */
export function takeMean(work: Work, data: AggregateComputed): void {
  if (data.lane !== 'official' || data.statistic !== 'mean' || data.state === 'provisional') return;
  takeCompared(work, meanSource(data.channel, data.length), spanOfMean(data), 'mean', data);
}

/** A day's value against its permit's limit; without a verdict it has none. */
export function takeDay(work: Work, data: ComplianceDayEvaluated): void {
  if (data.lane !== 'official' || data.state === 'provisional') return;
  takeCompared(work, meanSource(data.channel, '24h'), spanOfDay(data), 'daily', data);
}

function takeCompared(
  work: Work,
  source: string,
  { from: at, to }: Span,
  kind: keyof MeanContent,
  { version, value, unit }: Compared,
): void {
  const before = work.rows.at<MeanContent>(MEMBERS, source, at);
  if ((before?.data[kind]?.version ?? 0) >= version) return;
  const content: MeanContent = { ...before?.data, [kind]: { version, value, unit } };
  seen(work, kind === 'daily' ? 'days' : 'means', to);
  work.state.earliest = Math.min(work.state.earliest ?? at, at);
  work.rows.put(memberRow(source, at, (before?.version ?? 0) + 1, work.origin.knownAt, content));
  for (const watch of work.watches.ofMeans.get(source) ?? [])
    if (mayMatter(work, watch, at, before?.data, content)) rederive(work, watch, { from: at, to: at });
}

/** How far the station has been received: outages begin by it, and what nothing followed is over. */
export function takeAdvance(work: Work, data: IntakeAdvanced): void {
  const upTo = fromInstant(data.upTo)!;
  const openSince = fromInstant(data.openSince)!;
  const { state } = work;
  if (state.openSince === null || openSince > state.openSince) {
    const from = state.heardAt ?? 0;
    work.rows.put(awayRow(AWAY_SERIES, openSince, 1, work.origin.knownAt, { from }));
    state.openSince = openSince;
  }
  state.heardAt = Math.max(state.heardAt ?? 0, fromInstant(data.knownAt)!);
  state.advancedTo = Math.max(state.advancedTo ?? upTo, upTo);
  seen(work, 'sets', upTo);
  rederiveOutages(work, advanceChange(work.before, upTo));
}

function seen({ state }: Work, by: keyof Work['state']['seen'], at: number): void {
  state.reached = Math.max(state.reached, at);
  if (at > state.seen[by]) state.seen = { ...state.seen, [by]: at };
}

/** The station's record will name it, and must not look for it where nothing of it was. */
function noteStranger({ state }: Work, channel: string, at: number): void {
  const known = state.strangers[channel];
  if (known === undefined || at < known) state.strangers = { ...state.strangers, [channel]: at };
}

/** Absence withdraws nothing: a reading that a version does not name stays as it was. */
function contentOf(readings: readonly CheckedReading[], before: SetContent | undefined): SetContent {
  const content: Record<string, Outcome> = { ...before };
  for (const reading of readings) content[reading.channel] = outcomeOf(reading);
  return content;
}

const changedChannels = (before: SetContent | undefined, after: SetContent): string[] =>
  Object.keys(after).filter((channel) => before?.[channel] !== after[channel]);

/** Whether judging anew can give anything new; nearly always not, and found out without reading neighbours. */
function mayMatter(work: Work, watch: Watch, at: number, before: unknown, after: unknown): boolean {
  const was = before === undefined ? undefined : watch.member(at, before);
  const is = watch.member(at, after);
  if (sameMember(was, is)) return false;
  if (was?.beyond || is?.beyond) return true;
  // What lay between members too few for a run may be gone.
  if (was && !is && watch.least > 1) return true;
  if (!work.state.series[watch.series]) return false;
  const { touched, deep } = nearOf(work, strandOf(watch), { from: at, to: at });
  return deep || touched.length > 0;
}

const sameMember = (a: Member | undefined, b: Member | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.beyond?.value === b.beyond?.value && !a.beyond === !b.beyond);

/** Keeps count of a day's readings under status 01 or 02, outside declared periods. */
function tallyReading(work: Work, channel: string, at: number, before: Outcome, after: Outcome): void {
  const change = Number(hasBadStatus(after)) - Number(hasBadStatus(before));
  const facts = work.facts.channels[channel];
  if (change === 0 || !facts || isDeclared(work.facts, channel, at)) return;
  const day = dayOpening(at, settingsOf(facts, at).stamp);
  const tally = work.rows.at<TallyContent>(MEMBERS, TALLY, day)?.data ?? {};
  putTally(work, day, { ...tally, [channel]: (tally[channel] ?? 0) + change });
  const watch = work.watches.ofDays.get(channel);
  if (watch) rederive(work, watch, { from: day, to: day });
}

export const dayOpening = (at: number, stamp: 'end' | 'start'): number => dayBounds(dayOf(at, { stamp })).after;

export function putTally(work: Work, day: number, tally: TallyContent): void {
  const version = (work.rows.at(MEMBERS, TALLY, day)?.version ?? 0) + 1;
  work.rows.put(memberRow(TALLY, day, version, work.origin.knownAt, tally));
}
