import { type ComplianceDayEvaluated, type LimitInForce, type LimitsRecorded, topics } from '@quantrac/contracts';
import { fromInstant, toInstant } from '@quantrac/regulations';
import type { OwnRow, RowOutput } from '@quantrac/stream-processing';
import { dayEnd, dayText } from '../domain/calendar.ts';
import { channelDay, type DailyValue, flowWeightedMean, membersOf } from '../domain/channel-day.ts';
import { type ComplianceState, flowIsSettled, type TouchedDay } from '../domain/compliance-state.ts';
import { covers } from '../domain/day-span.ts';
import { dailyBasis, judgeDay, usualMethod } from '../domain/day-verdict.ts';
import { slotsOfOtherHours } from '../domain/schedule.ts';
import { type StationFacts, schedulesOf } from '../domain/station-facts.ts';
import { collections, type DayRow, type ReadRows, sha256, toHour, verdictSeries } from './compliance-rows.ts';

/** What made this version; `knownAt` in ms. */
export interface Cause {
  readonly knownAt: number;
  readonly cause: string;
  readonly root: string;
}

/** Everything that days are judged by. */
export interface Judgement {
  readonly station: string;
  readonly state: ComplianceState;
  readonly capturePercent: number;
  readonly cause: Cause;
  readonly rows: ReadRows;
  readonly limits: LimitsRecorded | undefined;
  readonly facts: StationFacts | undefined;
}

/** A settled day: made again from its hours where they may have changed, then judged. */
export const settleDay = (
  judgement: Judgement,
  { channel, day }: TouchedDay,
  hoursChanged: boolean,
): readonly RowOutput[] => {
  const known = judgement.rows.day(channel, day);
  if (known && !hoursChanged) return judgeAgain(judgement, { channel, day }, known);
  const hours = judgement.rows.hours(channel, day);
  const members = sha256(membersOf(hours.map(toHour)));
  if (known?.data.members === members) return judgeAgain(judgement, { channel, day }, known);
  const row: OwnRow<DayRow> = {
    series: channel,
    time: dayEnd(day),
    version: (known?.version ?? 0) + 1,
    knownAt: Math.max(judgement.cause.knownAt, ...hours.map(({ knownAt }) => knownAt)),
    data: { ...channelDay(hours.map(toHour)), members },
  };
  const output: RowOutput = { kind: 'row', collection: collections.days, type: 'ChannelDaySettled', ...row };
  return [output, ...judgeAgain(judgement, { channel, day }, row)];
};

/** The day's verdict, if it is another one than before. */
export const judgeAgain = (judgement: Judgement, touched: TouchedDay, dayRow: OwnRow<DayRow>): readonly RowOutput[] => {
  const { channel, day } = touched;
  const before = judgement.rows.verdict(channel, day);
  const limit = limitOn(judgement.limits, channel, dayText(day));
  const made = limit ? judgedBy(limit, judgement, touched, dayRow) : before && withoutLimit(before.data);
  if (!made || made.basis === before?.data.basis) return [];
  const { cause } = judgement;
  const limitsKnownAt = fromInstant(judgement.limits?.knownAt ?? '') ?? 0;
  const knownAt = Math.max(cause.knownAt, dayRow.knownAt, limitsKnownAt, before?.knownAt ?? 0);
  const version = (before?.version ?? 0) + 1;
  const evaluated: ComplianceDayEvaluated = {
    lane: 'official',
    ...made,
    station: judgement.station,
    channel,
    limit: dailyBasis,
    day: dayText(day),
    version,
    state: version === 1 ? 'closed' : 'amended',
    knownAt: toInstant(knownAt),
    cause: cause.cause,
    root: cause.root,
  };
  const series = verdictSeries(channel);
  const type = 'ComplianceDayEvaluated';
  return [
    { kind: 'row', topic: topics.compliance, type, series, time: dayEnd(day), version, knownAt, data: evaluated },
  ];
};

/** What follows from members and rules alone: the same ones give the same result. */
type Made = Omit<
  ComplianceDayEvaluated,
  'lane' | 'station' | 'channel' | 'limit' | 'day' | 'version' | 'state' | 'knownAt' | 'cause' | 'root'
>;

const limitOn = (limits: LimitsRecorded | undefined, channel: string, day: string): LimitInForce | undefined =>
  limits?.limits.find((limit) => limit.channel === channel && limit.basis === dailyBasis && covers(limit, day));

function judgedBy(
  limit: LimitInForce,
  judgement: Judgement,
  touched: TouchedDay,
  { data: day }: OwnRow<DayRow>,
): Made | undefined {
  const { parameter, unit, lower, upper, unconfirmed, facility = null, method = usualMethod } = limit;
  const { capturePercent } = judgement;
  const weighted = method === 'flow-weighted' ? weightedValue(judgement, touched) : undefined;
  if (weighted === 'waits') return undefined;
  const { daily, weights } = weighted ?? {
    daily: method === 'mean-of-readings' ? day.readings : day.hourly,
    weights: '',
  };
  const others = slotsOfOtherHours(schedulesOf(judgement.facts ?? noFacts, touched.channel), touched.day, day.hours);
  const byDesign = day.expected + others;
  const { from: _, to: __, ...rule } = limit;
  const basis = sha256(JSON.stringify([day.members, weights, byDesign, capturePercent, rule]));
  const verdict = judgeDay(limit, { day, daily, byDesign, capturePercent });
  const { standard, permit } = limit;
  const rules = { standard, permit, capturePercent };
  return { facility, parameter, method, unit, lower, upper, unconfirmed, rules, basis, ...verdict };
}

const noFacts: StationFacts = { kind: 'wastewater', channels: [] };

function weightedValue(
  { state, rows }: Judgement,
  touched: TouchedDay,
): { daily: DailyValue; weights: string } | 'waits' {
  if (!flowIsSettled(state, touched)) return 'waits';
  if (state.outletFlow === null) return { daily: flowWeightedMean([], []), weights: '' };
  const hours = rows.hours(touched.channel, touched.day).map(toHour);
  const flow = rows.hours(state.outletFlow, touched.day).map(toHour);
  return { daily: flowWeightedMean(hours, flow), weights: membersOf(flow) };
}

/** A day that had a limit and has none any more. */
const withoutLimit = (before: ComplianceDayEvaluated): Made => {
  const { facility, parameter, method, unit, byDesign, received, inError } = before;
  const verdict = { value: null, lower: null, upper: null, verdict: 'no-verdict', reason: 'no-limit' } as const;
  const basis = sha256('no-limit');
  return { facility, parameter, method, unit, unconfirmed: false, byDesign, received, inError, basis, ...verdict };
};
