import type { ClockCorrection } from '@quantrac/contracts';
import { type Instant, placed } from './interval.ts';

/** Stored for ever: names and shapes are the storage format. */
export interface ClockEvent {
  readonly type: 'StationClockCorrected';
  readonly data: ClockCorrection & { readonly reason: string; readonly at: Instant };
}

/** From an arrival on `offsetMs` is added to what its logger stamps. */
export type ClockCommand = { readonly type: 'CorrectClock'; readonly reason: string } & ClockCorrection;

export interface HasClock {
  /** Sorted by their dates. */
  readonly clockCorrections: readonly ClockCorrection[];
}

export const decideClock = (
  { from, offsetMs, reason }: ClockCommand,
  { clockCorrections }: HasClock,
  at: Instant,
): readonly ClockEvent[] => {
  const known = clockCorrections.find((each) => each.from === from);
  if (known ? known.offsetMs === offsetMs : from === null && offsetMs === 0) return [];
  return [{ type: 'StationClockCorrected', data: { from, offsetMs, reason, at } }];
};

export const evolveClock = (
  corrections: readonly ClockCorrection[],
  { data: { from, offsetMs } }: ClockEvent,
): readonly ClockCorrection[] => placed(corrections, { from, offsetMs });
