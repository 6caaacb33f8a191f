import { type AggregateComputed, type LimitsRecorded, type StationRecorded, topics } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRow, OwnRows, Processor, RowOutput } from '@quantrac/stream-processing';
import { dayNumber, hourNumber } from '../domain/calendar.ts';
import { type ComplianceState, closeHour, initialState } from '../domain/compliance-state.ts';
import { outletFlowOf } from '../domain/station-facts.ts';
import {
  collections,
  factsSeries,
  type HourRow,
  limitsSeries,
  readRows,
  sha256,
  windowsOfAll,
  windowsOfDays,
} from './compliance-rows.ts';
import { type Cause, type Judgement, judgeAgain, settleDay } from './judge-days.ts';
import { factsOf } from './station-record.ts';

type ComplianceDecision = Decision<ComplianceState>;

/**
 * The day's value of each channel against its limit of 24 hours: first when the day's hours are all closed, again whenever an
 * hour, a limit or the schedule changes. A row for each closed hour and each settled day is kept, so that any day can be made
 * again from its own members.
 */
export const complianceDays = (capturePercent: number): Processor<ComplianceState> => ({
  name: 'compliance-days',
  inputs: [topics.stations, topics.limits, topics.aggregates],
  types: ['StationRecorded', 'LimitsRecorded', 'AggregateComputed'],
  initial: initialState,
  // Without its schedule nobody knows how many values a day lacks.
  ready: ({ facts }, { topic }) => topic !== topics.aggregates.name || facts !== '',
  lookback: (state, message) => lookbackOf(state, message),
  decide: (state, message, rows) => {
    switch (message.topic) {
      case topics.stations.name:
        return onStation(state, message as Message<StationRecorded>, rows, capturePercent);
      case topics.limits.name:
        return onLimits(state, message as Message<LimitsRecorded>, rows, capturePercent);
      default:
        return onAggregate(state, message as Message<AggregateComputed>, rows, capturePercent);
    }
  },
});

function lookbackOf(state: ComplianceState, { topic, data }: Message) {
  const channels = Object.keys(state.progress);
  if (topic === topics.aggregates.name) {
    const hour = closedHour(data as AggregateComputed);
    if (!hour) return [];
    const { touched } = closeHour(state, hour.channel, hour.number);
    return windowsOfDays(touched, (channel) => (state.weighted.includes(channel) ? state.outletFlow : null));
  }
  const facts = topic === topics.stations.name ? factsOf(data as StationRecorded) : undefined;
  if (facts && sha256(JSON.stringify(facts)) === state.facts) return [];
  const weighted = facts ? state.weighted : weightedIn(data as LimitsRecorded);
  const flow = facts ? outletFlowOf(facts) : state.outletFlow;
  return windowsOfAll(channels, flow === null || weighted.length === 0 ? [] : [...new Set([...weighted, flow])]);
}

const weightedIn = ({ limits }: LimitsRecorded): readonly string[] => [
  ...new Set(limits.filter(({ method }) => method === 'flow-weighted').map(({ channel }) => channel)),
];

/** Only closed hourly means count: a provisional one says nothing yet. */
function closedHour(data: AggregateComputed): { channel: string; number: number; time: number } | undefined {
  const { lane, length, statistic, state, channel, end } = data;
  if (lane !== 'official' || length !== '1h' || statistic !== 'mean' || state === 'provisional') return undefined;
  const time = fromInstant(end);
  return time === undefined ? undefined : { channel, number: hourNumber(time), time };
}

function onAggregate(
  state: ComplianceState,
  { data, knownAt }: Message<AggregateComputed>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  const hour = closedHour(data);
  if (!hour) return { state, outputs: [] };
  const { channel, version, value: mean, sum, valid, expected, received, unit } = data;
  const kept: OwnRow<HourRow> = {
    series: channel,
    time: hour.time,
    version,
    knownAt,
    data: { mean, sum, valid, expected, received, unit },
  };
  const { progress, touched } = closeHour(state, channel, hour.number);
  const next = { ...state, progress: { ...state.progress, [channel]: progress } };
  const row: RowOutput = { kind: 'row', collection: collections.hours, type: 'HourKept', ...kept };
  if (touched.length === 0) return { state: next, outputs: [row] };
  const read = readRows(rows, kept);
  const cause: Cause = { knownAt, cause: data.cause, root: data.root };
  const judgement = judgementOf(data.station, next, capturePercent, cause, read);
  const settled = touched.flatMap((day) => settleDay(judgement, day, day.channel === channel));
  return { state: next, outputs: [row, ...settled] };
}

function onLimits(
  state: ComplianceState,
  { data, knownAt }: Message<LimitsRecorded>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  const next = { ...state, weighted: weightedIn(data) };
  const cause: Cause = { knownAt, cause: data.cause, root: data.cause };
  const judgement = { ...judgementOf(data.station, next, capturePercent, cause, readRows(rows)), limits: data };
  return { state: next, outputs: [basisRow(limitsSeries, data.version, knownAt, data), ...judgeAll(judgement)] };
}

function onStation(
  state: ComplianceState,
  { data, knownAt }: Message<StationRecorded>,
  rows: OwnRows,
  capturePercent: number,
): ComplianceDecision {
  const facts = factsOf(data);
  const digest = sha256(JSON.stringify(facts));
  if (digest === state.facts) return { state, outputs: [] };
  const next = { ...state, facts: digest, outletFlow: outletFlowOf(facts) };
  const by = `station:${data.version}`;
  const cause: Cause = { knownAt, cause: by, root: by };
  const judgement = { ...judgementOf(data.station, next, capturePercent, cause, readRows(rows)), facts };
  return { state: next, outputs: [basisRow(factsSeries, data.version, knownAt, facts), ...judgeAll(judgement)] };
}

const judgementOf = (
  station: string,
  state: ComplianceState,
  capturePercent: number,
  cause: Cause,
  rows: Judgement['rows'],
): Judgement => ({ station, state, capturePercent, cause, rows, limits: rows.limits(), facts: rows.facts() });

/** Every settled day of every channel, ascending by channel and day. */
const judgeAll = (judgement: Judgement): readonly RowOutput[] =>
  Object.keys(judgement.state.progress)
    .sort()
    .flatMap((channel) =>
      judgement.rows
        .days(channel)
        .flatMap((row) => judgeAgain(judgement, { channel, day: dayNumber(hourNumber(row.time)) }, row)),
    );

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
