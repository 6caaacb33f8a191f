import { topics } from '@quantrac/contracts';
import type { JudgingAsked } from '@quantrac/contracts/compliance';
import { toInstant } from '@quantrac/regulations';
import type { Decision, RowOutput, Window } from '@quantrac/stream-processing';
import { dayEnd, dayText, numberOfDay } from '../domain/calendar.ts';
import type { ComplianceState } from '../domain/compliance-state.ts';
import { isSettled } from '../domain/settling.ts';
import { lacksDays, type Stretch, stretchUpTo } from '../domain/stretch.ts';
import { windowsOfStretch } from './compliance-rows.ts';
import { type Judgement, settleDay } from './judge-days.ts';

/** `state`: as it is after the change. */
export const windowsAround = (state: ComplianceState, stretch: Stretch | undefined): Window[] =>
  stretch ? windowsOfStretch(Object.keys(state.progress), channelsWithHours(state, stretch), stretch) : [];

/** Hours are looked at where days are still to be made of them, and where days are weighted by flow. */
const channelsWithHours = (state: ComplianceState, stretch: Stretch): readonly string[] => {
  if (lacksDays(state, stretch)) return Object.keys(state.progress);
  const { weighted, outletFlow } = state;
  return outletFlow === null || weighted.length === 0 ? [] : [...new Set([...weighted, outletFlow])];
};

/**
 * Judges every settled day of a stretch, ascending by channel and day, and asks for the days before it: however long a station
 * has been known, a decision stays small and what comes meanwhile is not held up.
 */
export function judgeStretch(judgement: Judgement, stretch: Stretch): Decision<ComplianceState> {
  const { state } = judgement;
  const judged = Object.keys(state.progress)
    .sort()
    .flatMap((channel) =>
      daysOf(judgement, channel, stretch).flatMap((day) => settleDay(judgement, { channel, day }, false)),
    );
  return {
    state: { ...state, madeFrom: Math.min(state.madeFrom ?? stretch.from, stretch.from) },
    outputs: [...judged, ...askedOf(judgement, stretchUpTo(stretch.from - 1, state))],
  };
}

function daysOf({ state, rows }: Judgement, channel: string, stretch: Stretch): readonly number[] {
  const made = rows.madeDays(channel, stretch);
  if (!lacksDays(state, stretch)) return made;
  const settled = rows.knownDays(channel, stretch).filter((day) => isSettled(state.progress[channel], day));
  return [...new Set([...made, ...settled])].sort((a, b) => a - b);
}

function askedOf({ state, station, cause }: Judgement, stretch: Stretch | undefined): readonly RowOutput[] {
  if (!stretch) return [];
  const data: JudgingAsked = {
    station,
    change: state.change,
    from: dayText(stretch.from),
    to: dayText(stretch.to),
    knownAt: toInstant(cause.knownAt),
    cause: cause.cause,
    root: cause.root,
  };
  const at = { series: String(state.change), time: dayEnd(stretch.to), version: 1, knownAt: cause.knownAt };
  return [{ kind: 'row', topic: topics.judgings, type: 'JudgingAsked', ...at, data }];
}

/** Undefined: a newer change has taken its place. */
export const stretchAsked = (
  { change }: ComplianceState,
  { from, to, ...asked }: Pick<JudgingAsked, 'change' | 'from' | 'to'>,
): Stretch | undefined => (asked.change === change ? { from: numberOfDay(from), to: numberOfDay(to) } : undefined);
