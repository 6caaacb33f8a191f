import type { BatchOutcome } from '@quantrac/stream-processing';

/** Names of spans and of what they say; none stands anywhere else. Nothing of a person stands in them. */
export const spans = {
  /** One trace a file that was received. */
  file: 'file',
  /** What a group did with a batch, in the trace of each of its causes: `<group> batch`. */
  batchOf: (group: string) => `${group} batch`,
} as const;

export const attributes = {
  node: 'quantrac.node',
  instance: 'service.instance.id',
  group: 'quantrac.group',
  /** Records of the batch, by what became of them. */
  taken: 'quantrac.records.taken',
  repeat: 'quantrac.records.repeat',
  failed: 'quantrac.records.failed',
  /** How a file came and what became of it. */
  way: 'quantrac.file.way',
  outcome: 'quantrac.file.outcome',
  receipt: 'quantrac.file.receipt',
} as const;

/** Values of attributes, by their short names. */
export type Said = { readonly [Name in keyof typeof attributes]?: string | number };

export interface Span {
  /** What comes of it carries this on; undefined: it is not sampled. */
  readonly traceparent: string | undefined;
  end(said?: Said | { readonly error: unknown }): void;
}

export interface TracedBatch {
  traceparentOf(caused: string): string;
  end(outcome: BatchOutcome | undefined): void;
}

export interface Tracing {
  /** A trace begins, if it is one of those that are sampled. */
  begin(name: string, said: Said): Span;
  /** A span in the trace of each of the causes, so far as there are not too many, with links to the others. */
  batch(group: string, causes: readonly string[]): TracedBatch;
  /** Sends what has ended. */
  close(): Promise<void>;
}

export const unsampled: Span = { traceparent: undefined, end: () => {} };
export const beginsNothing: Tracing['begin'] = () => unsampled;
