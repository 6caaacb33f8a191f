import type { StationRecorded } from '@quantrac/contracts';
import { Fault } from '@quantrac/event-sourcing';
import type { Instant } from './interval.ts';

export type Lifecycle = StationRecorded['lifecycle'];

/**
 * What a station may become. A newly made one runs on trial and is confirmed before it operates (TT 10/2021/TT-BTNMT: an
 * independent check comes before official operation); one that was suspended or rebuilt may have to run on trial again.
 */
export const nextStages: Readonly<Record<Lifecycle, readonly Lifecycle[]>> = {
  planned: ['installing', 'retired'],
  installing: ['trial', 'suspended', 'retired'],
  trial: ['confirmed', 'installing', 'suspended', 'retired'],
  confirmed: ['operating', 'suspended', 'retired'],
  operating: ['suspended', 'retired'],
  suspended: ['installing', 'trial', 'operating', 'retired'],
  retired: [],
};

export interface InLifecycle {
  readonly lifecycle: Lifecycle;
  /** Null: it was registered in this stage. */
  readonly lifecycleFrom: Instant | null;
}

/** Throws where the stage cannot follow, or its date lies before the present stage's or behind `at`. */
export const refuseStage = (
  { lifecycle, lifecycleFrom }: InLifecycle,
  to: Lifecycle,
  from: Instant,
  at: Instant,
): void => {
  const next = nextStages[lifecycle];
  if (!next.includes(to))
    throw Fault.rejected(
      'LifecycleForbidden',
      `a station that is ${lifecycle} does not become ${to}: it may become ${next.join(', ') || 'nothing else'}`,
    );
  if (from > at) throw Fault.invalid('LifecycleInFuture', 'it has not happened yet: tell it when it has');
  if (lifecycleFrom !== null && from < lifecycleFrom)
    throw Fault.invalid('LifecycleBackwards', `it is ${lifecycle} since ${lifecycleFrom}: choose a later date`);
};
