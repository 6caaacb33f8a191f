import { dayNumber } from './calendar.ts';
import { fallenDue, isOverdue, isSettled, type Progress, wasComplete, withHour } from './settling.ts';

/** What is kept of a station between records; its rows hold everything else. */
export interface ComplianceState {
  /** Digest of the facts by which days were judged last; empty before the station's record is known. */
  readonly facts: string;
  readonly outletFlow: string | null;
  /** Channels that some limit weights by flow. */
  readonly weighted: readonly string[];
  readonly progress: Readonly<Record<string, Progress>>;
}

export interface TouchedDay {
  readonly channel: string;
  readonly day: number;
}

export const initialState: ComplianceState = { facts: '', outletFlow: null, weighted: [], progress: {} };

/** A closed hour came: how far its channel is known now, and the settled days that it may change. */
export const advance = (
  state: ComplianceState,
  channel: string,
  hour: number,
): { readonly state: ComplianceState; readonly touched: readonly TouchedDay[] } => {
  const before = state.progress[channel];
  const after = withHour(before, hour);
  const next = { ...state, progress: { ...state.progress, [channel]: after } };
  const own = dayNumber(hour);
  const due = fallenDue(before, after);
  const waitsForFlow = state.weighted.includes(channel);
  const settledNow = due.filter((day) => day !== own && (waitsForFlow || !wasComplete(before, day)));
  const days = isSettled(after, own) ? [...settledNow, own] : settledNow;
  const touched = days.map((day): TouchedDay => ({ channel, day }));
  return { state: next, touched: [...touched, ...weightedBy(next, channel, [...settledNow, own])] };
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
