/** What of the messages came to what. */
export interface BatchOutcome {
  readonly taken: number;
  readonly repeat: number;
  readonly failed: number;
}

/** Follows the batches of one group, for metrics and traces; no result depends on it. */
export type WatchBatch = (messages: readonly { readonly traceparent?: string }[]) => WatchedBatch;

export interface WatchedBatch {
  /** What a record carries on that comes of a message with this trace context. */
  traceparentOf(caused: string): string;
  /** Undefined: the batch could not be taken, and comes again. */
  end(outcome: BatchOutcome | undefined): void;
}

const unwatched: WatchedBatch = { traceparentOf: (caused) => caused, end: () => {} };

/** Nobody looks; traces go on as they came. */
export const watchNothing: WatchBatch = () => unwatched;

export async function watched<Result>(
  batch: WatchedBatch,
  work: () => Promise<Result>,
  outcomeOf: (result: Result) => BatchOutcome,
): Promise<Result> {
  let outcome: BatchOutcome | undefined;
  try {
    const result = await work();
    outcome = outcomeOf(result);
    return result;
  } finally {
    batch.end(outcome);
  }
}
