import { type WatchBatch, watchNothing } from '@quantrac/stream-processing';
import type { Counts } from './monitor.ts';
import type { Tracing } from './tracing.ts';

export interface Watchers {
  readonly counts: Counts | undefined;
  readonly tracing: Tracing | undefined;
}

/** Follows a service's batches, by group, for who wants to know; nobody does unless it is set. */
export const watching =
  ({ counts, tracing }: Watchers) =>
  (group: string): WatchBatch => {
    if (!counts && !tracing) return watchNothing;
    return (messages) => {
      const began = performance.now();
      const traced = tracing && tracedBatch(tracing, group, messages);
      return {
        traceparentOf: traced?.traceparentOf ?? ((caused) => caused),
        end(outcome) {
          counts?.batch(group, (performance.now() - began) / 1000, outcome);
          traced?.end(outcome);
        },
      };
    };
  };

/** Nothing is made of a batch without a cause that is followed. */
function tracedBatch(tracing: Tracing, group: string, messages: Parameters<WatchBatch>[0]) {
  const causes = messages.flatMap(({ traceparent }) => traceparent ?? []);
  return causes.length > 0 ? tracing.batch(group, causes) : undefined;
}
