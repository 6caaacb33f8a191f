import {
  type AggregateComputed,
  type JudgingAsked,
  type LimitsRecorded,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRow, OwnRows, Processor, RowOutput } from '@quantrac/stream-processing';
import { dayNumber, hourNumber, placeOfHour } from '../domain/calendar.ts';
import { type ComplianceState, closeHour, initialState, withLimits } from '../domain/compliance-state.ts';
import { outletFlowOf, type StationFacts } from '../domain/station-facts.ts';
import { newestStretch } from '../domain/stretch.ts';
import {
  collections,
  factsSeries,
  type HourRow,
  limitsSeries,
  readRows,
  sha256,
  windowsOfDays,
} from './compliance-rows.ts';
import { type Cause, type Judgement, settleDay } from './judge-days.ts';
import { judgeStretch, stretchAsked, windowsAround } from './judge-stretch.ts';
import { factsOf } from './station-record.ts';

type ComplianceDecision = Decision<ComplianceState>;

/**
 * The day's value of each channel against its limit of 24 hours: first when the day's hours are all closed, again whenever an
 * hour, a limit or the schedule changes. A row for each closed hour and, once the station is held to anything, each settled day is
 * kept, so that any day can be made again from its own members.
 */
export const complianceDays = (capturePercent: number): Processor<ComplianceState> => ({
  name: 'compliance-days',
  inputs: [topics.stations, topics.limits, topics.aggregates, topics.judgings],
  types: ['StationRecorded', 'LimitsRecorded', 'AggregateComputed', 'JudgingAsked'],
  initial: initialState,
  // Without its schedule nobody knows how many values a day lacks.
  ready: ({ facts }, { topic }) => topic !== topics.aggregates.name || facts !== '',
  lookback,
  decide: (state, message, rows) => {
    switch (message.topic) {
      case topics.stations.name:
        return onStation(state, message as Message<StationRecorded>, rows, capturePercent);
      case topics.limits.name:
        return onLimits(state, message as Message<LimitsRecorded>, rows, capturePercent);
      case topics.judgings.name:
        return onJudging(state, message as Message<JudgingAsked>, rows, capturePercent);
      default:
        return onAggregate(state, message as Message<AggregateComputed>, rows, capturePercent);
    }
  },
});

function lookback(state: ComplianceState, { topic, data }: Message) {
  switch (topic) {
    case topics.stations.name: {
      const next = withFacts(state, factsOf(data as StationRecorded));
      return next ? windowsAround(next, newestStretch(next)) : [];
    }
    case topics.limits.name: {
      const next = withLimits(state, data as LimitsRecorded);
      return windowsAround(next, newestStretch(next));
    }
    case topics.judgings.name:
      return windowsAround(state, stretchAsked(state, data as JudgingAsked));
    default: {
      const hour = closedHour(data as AggregateComputed);
      if (!hour || state.madeFrom === null) return [];
      const { touched } = closeHour(state, hour.channel, hour.number);
      return windowsOfDays(touched, (channel) => (state.weighted.includes(channel) ? state.outletFlow : null));
    }
  }
}

/** Undefined: the station's record says nothing new of its days. */
function withFacts(state: ComplianceState, facts: StationFacts): ComplianceState | undefined {
  const digest = sha256(JSON.stringify(facts));
  if (digest === state.facts) return undefined;
  return { ...state, facts: digest, outletFlow: outletFlowOf(facts), change: state.change + 1 };
}

/** Only closed hourly means count: a provisional one says nothing yet. */
function closedHour(data: AggregateComputed): { channel: string; number: number } | undefined {
  const { lane, length, statistic, state, channel, end } = data;
  if (lane !== 'official' || length !== '1h' || statistic !== 'mean' || state === 'provisional') return undefined;
  const time = fromInstant(end);
  return time === undefined ? undefined : { channel, number: hourNumber(time) };
}

function onAggregate(
  state: ComplianceState,
  { data, knownAt }: Message<AggregateComputed>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  const hour = closedHour(data);
  if (!hour) return { state, outputs: [] };
  const { channel } = hour;
  const kept = hourRow(data, placeOfHour(hour.number), knownAt);
  const { progress, touched } = closeHour(state, channel, hour.number);
  const own = dayNumber(hour.number);
  const next = {
    ...state,
    progress: { ...state.progress, [channel]: progress },
    oldest: Math.min(state.oldest ?? own, own),
  };
  const row: RowOutput = { kind: 'row', collection: collections.hours, type: 'HourKept', ...kept };
  if (touched.length === 0) return { state: next, outputs: [row] };
  const cause: Cause = { knownAt, cause: data.cause, root: data.root };
  const judgement = judgementOf(data.station, next, capturePercent, cause, readRows(rows, kept));
  const settled = touched.flatMap((day) => settleDay(judgement, day, day.channel === channel));
  return { state: next, outputs: [row, ...settled] };
}

function hourRow(data: AggregateComputed, time: number, knownAt: number): OwnRow<HourRow> {
  const { channel: series, version, value: mean, sum, valid, members, expected, received, unit } = data;
  const kept = { mean, sum, valid, ...(members !== undefined && { members }), expected, received, unit };
  return { series, time, version, knownAt, data: kept };
}

function onLimits(
  state: ComplianceState,
  { data, knownAt }: Message<LimitsRecorded>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  if (knownAt < state.limitsKnownAt) return { state, outputs: [] };
  const next = { ...withLimits(state, data), limitsKnownAt: knownAt };
  const cause: Cause = { knownAt, cause: data.cause, root: data.cause };
  const row = basisRow(limitsSeries, next.change, knownAt, data);
  const stretch = newestStretch(next);
  if (!stretch) return { state: next, outputs: [row] };
  const judgement = { ...judgementOf(data.station, next, capturePercent, cause, readRows(rows)), limits: data };
  return withRow(row, judgeStretch(judgement, stretch));
}

function onStation(
  state: ComplianceState,
  { data, knownAt }: Message<StationRecorded>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  if (knownAt < state.factsKnownAt) return { state, outputs: [] };
  const facts = factsOf(data);
  const changed = withFacts(state, facts);
  if (!changed) return { state: { ...state, factsKnownAt: knownAt }, outputs: [] };
  const next = { ...changed, factsKnownAt: knownAt };
  const by = `station:${data.version}`;
  const cause: Cause = { knownAt, cause: by, root: by };
  const row = basisRow(factsSeries, next.change, knownAt, facts);
  const stretch = newestStretch(next);
  if (!stretch) return { state: next, outputs: [row] };
  const judgement = { ...judgementOf(data.station, next, capturePercent, cause, readRows(rows)), facts };
  return withRow(row, judgeStretch(judgement, stretch));
}

function onJudging(
  state: ComplianceState,
  { data, knownAt }: Message<JudgingAsked>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  const stretch = stretchAsked(state, data);
  if (!stretch) return { state, outputs: [] };
  const cause: Cause = { knownAt, cause: data.cause, root: data.root };
  return judgeStretch(judgementOf(data.station, state, capturePercent, cause, readRows(rows)), stretch);
}

const withRow = (row: RowOutput, { state, outputs }: ComplianceDecision): ComplianceDecision => ({
  state,
  outputs: [row, ...outputs],
});

const judgementOf = (
  station: string,
  state: ComplianceState,
  capturePercent: number,
  cause: Cause,
  rows: Judgement['rows'],
): Judgement => ({ station, state, capturePercent, cause, rows, limits: rows.limits(), facts: rows.facts() });

/** `version`: versions of records come a second time from an owner that was restored, changes here do not. */
const basisRow = (series: string, version: number, knownAt: number, data: unknown): RowOutput => ({
  kind: 'row',
  collection: collections.basis,
  type: 'BasisKept',
  series,
  time: 0,
  version,
  knownAt,
  data,
});
