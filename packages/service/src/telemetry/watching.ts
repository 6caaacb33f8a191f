import { type WatchBatch, watchNothing } from '@quantrac/stream-processing';
import type { Monitored } from './monitor.ts';

/** Follows a service's batches, by group, for who wants to know; nobody does unless it is set. */
export const watching =
  (monitor: Pick<Monitored, 'counts'> | undefined) =>
  (group: string): WatchBatch => {
    if (!monitor) return watchNothing;
    return () => {
      const began = performance.now();
      return {
        traceparentOf: (caused) => caused,
        end: (outcome) => monitor.counts.batch(group, (performance.now() - began) / 1000, outcome),
      };
    };
  };
