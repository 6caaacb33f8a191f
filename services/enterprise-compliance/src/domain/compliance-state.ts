import { dayNumber } from './calendar.ts';
import { fallenDue, isComplete, isOverdue, isSettled, type Progress, withHour } from './settling.ts';

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

/** How far a channel is known once an hour of it is closed, and the settled days that this hour may change. */
export const closeHour = (
  state: ComplianceState,
  channel: string,
  hour: number,
): { readonly progress: Progress; readonly touched: readonly TouchedDay[] } => {
  const before = state.progress[channel];
  const progress = withHour(before, hour);
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
