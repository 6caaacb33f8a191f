import type { Blob } from '@quantrac/blob-store';
import type { Message, Step } from '@quantrac/stream-processing';
import type { IntakeState } from '../domain/intake-state.ts';

/** One message for a cell, with the bytes that must be durable with it. */
export interface Entry {
  readonly key: string;
  readonly type: string;
  readonly data: unknown;
  readonly blob?: Blob;
  readonly traceparent?: string;
}

export interface TakeIn {
  /** The cell's answer, once it is durable. */
  take<Answer>(entry: Entry): Promise<Answer>;
  /** Resolves when all that was handed in before is durable or refused. */
  settled(): Promise<void>;
}

interface Waiting extends Entry {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_TOGETHER = 1000;
/** The bytes of a group are copied once more for its commit. */
const MOST_BYTES_TOGETHER = 32 << 20;
/** What comes within this time of the first shares its commit. */
const GATHER_MS = 2;
const noBytes = new Uint8Array();

/**
 * Hands entries to the cells in groups: whoever comes while a commit is under way shares the next.
 * `commit` runs a group's work, again where that may help.
 */
export function takeIn(step: Step<IntakeState>, commit: <R>(work: () => Promise<R>) => Promise<R>): TakeIn {
  const waiting: Waiting[] = [];
  let working = false;
  let last: Promise<unknown> = Promise.resolve();
  const work = async () => {
    working = true;
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (waiting.length > 0) {
      const group = waiting.splice(0, sizeOfGroup(waiting));
      await commit(() => settle(step, group)).catch((error) => {
        for (const { reject } of group) reject(error);
      });
    }
    working = false;
  };
  return {
    take<Answer>(entry: Entry) {
      const taken = new Promise<unknown>((resolve, reject) => {
        waiting.push({ ...entry, resolve, reject });
        if (!working) void work();
      });
      last = taken;
      return taken as Promise<Answer>;
    },
    settled: () =>
      last.then(
        () => {},
        () => {},
      ),
  };
}

function sizeOfGroup(waiting: readonly Entry[]): number {
  let size = 0;
  let bytes = 0;
  for (const { blob } of waiting) {
    bytes += blob?.bytes.length ?? 0;
    if (size === MOST_TOGETHER || (size > 0 && bytes > MOST_BYTES_TOGETHER)) break;
    size++;
  }
  return size;
}

async function settle(step: Step<IntakeState>, group: readonly Waiting[]): Promise<void> {
  const messages = group.map(
    ({ key, type, data, traceparent }): Message => ({
      topic: 'arrivals',
      key,
      type,
      sequence: '',
      knownAt: 0,
      id: '',
      data,
      value: noBytes,
      ...(traceparent && { traceparent }),
    }),
  );
  const blobs = group.flatMap(({ blob }) => blob ?? []);
  const taken = await step.take(messages, undefined, blobs);
  taken.forEach(({ outcome, answer, error }, index) => {
    if (outcome === 'failed') group[index]!.reject(error);
    else group[index]!.resolve(answer);
  });
}
