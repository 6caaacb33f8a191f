import type { LimitInForce } from '@quantrac/contracts/compliance';
import { dayNumber } from './calendar.ts';
import { dailyBasis } from './day-verdict.ts';
import { fallenDue, isComplete, isOverdue, isSettled, type Progress, withHour } from './settling.ts';
import { type KnownDays, newestDay } from './stretch.ts';

/** What is kept of a station between records; its rows hold everything else. */
export interface ComplianceState extends KnownDays {
  /** Digest of the facts by which days were judged last; empty before the station's record is known. */
  readonly facts: string;
  /** Since when the newest record of the station is known, and its newest limits; ms. */
  readonly factsKnownAt: number;
  readonly limitsKnownAt: number;
  readonly outletFlow: string | null;
  /** Channels that some limit weights by flow. */
  readonly weighted: readonly string[];
  /** Counts what made all days be judged again: only what the newest one asks for is still done. */
  readonly change: number;
}

export interface TouchedDay {
  readonly channel: string;
  readonly day: number;
}

export const initialState: ComplianceState = {
  facts: '',
  factsKnownAt: 0,
  limitsKnownAt: 0,
  outletFlow: null,
  weighted: [],
  progress: {},
  oldest: null,
  madeFrom: null,
  change: 0,
};

/** How far a channel is known once an hour of it is closed, and the settled days that this hour may change. */
export const closeHour = (
  state: ComplianceState,
  channel: string,
  hour: number,
): { readonly progress: Progress; readonly touched: readonly TouchedDay[] } => {
  const before = state.progress[channel];
  const progress = withHour(before, hour);
  if (state.madeFrom === null) return { progress, touched: [] };
  const own = dayNumber(hour);
  const waitsForFlow = state.weighted.includes(channel);
  const days = fallenDue(before, progress)
    .filter((open) => open[0] !== own && (waitsForFlow || !isComplete(open)))
    .map(([day]) => day);
  const settled = isSettled(progress, own) ? [...days, own] : days;
  const touched = settled.map((day): TouchedDay => ({ channel, day }));
  return { progress, touched: [...touched, ...weightedBy(state, channel, [...days, own])] };
};

/** Settled days of other channels that this channel's flow weights. */
const weightedBy = (state: ComplianceState, channel: string, days: readonly number[]): readonly TouchedDay[] =>
  channel === state.outletFlow
    ? state.weighted
        .filter((other) => other !== channel)
        .flatMap((other) => days.map((day) => ({ channel: other, day })))
        .filter((touched) => isSettled(state.progress[touched.channel], touched.day))
    : [];

/** A weighted day waits for its weights, but not for ever. */
export const flowIsSettled = ({ outletFlow, progress }: ComplianceState, { channel, day }: TouchedDay): boolean =>
  outletFlow === null || isSettled(progress[outletFlow], day) || isOverdue(day, progress[channel]?.newest ?? 0);

/** Most stations are held to nothing: their days are made once one of them is. */
export const withLimits = (
  state: ComplianceState,
  { facility, limits }: { readonly facility: string | null; readonly limits: readonly LimitInForce[] },
): ComplianceState => {
  const isHeld = facility !== null || limits.some(({ basis }) => basis === dailyBasis);
  const unmade = state.oldest === null ? 0 : newestDay(state) + 1;
  const weighted = limits.filter(({ method }) => method === 'flow-weighted').map(({ channel }) => channel);
  return {
    ...state,
    weighted: [...new Set(weighted)],
    change: state.change + 1,
    madeFrom: state.madeFrom ?? (isHeld ? unmade : null),
  };
};
