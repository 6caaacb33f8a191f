import type { Blob } from '@quantrac/blob-store';
import { Fault } from '@quantrac/event-sourcing';
import type { Message, Step } from '@quantrac/stream-processing';
import type { FileAnswer, IntakeState } from '../domain/intake.ts';

/** One message for a cell, with the bytes that must be durable with it. */
export interface Entry {
  readonly key: string;
  readonly type: string;
  readonly data: unknown;
  readonly blob?: Blob;
}

interface Waiting extends Entry {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_TOGETHER = 1000;
/** What comes within this time of the first shares its commit. */
const GATHER_MS = 2;
const noBytes = new Uint8Array();

/** Hands entries to the cells in groups: whoever comes while a commit is under way shares the next. */
export function takeIn(step: Step<IntakeState>): { (entry: Entry): Promise<unknown>; idle(): Promise<void> } {
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (waiting.length > 0) {
      const group = waiting.splice(0, MOST_TOGETHER);
      try {
        await settle(step, group);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    working = undefined;
  };
  const take = (entry: Entry) =>
    new Promise<unknown>((resolve, reject) => {
      waiting.push({ ...entry, resolve, reject });
      working ??= work();
    });
  const idle = async () => {
    while (working) await working;
    waiting = [];
  };
  return Object.assign(take, { idle });
}

async function settle(step: Step<IntakeState>, group: readonly Waiting[]): Promise<void> {
  const messages = group.map(
    ({ key, type, data }): Message => ({
      topic: 'arrivals',
      key,
      type,
      sequence: '',
      knownAt: 0,
      id: '',
      data,
      value: noBytes,
    }),
  );
  const blobs = group.flatMap(({ blob }) => blob ?? []);
  const taken = await step.take(messages, undefined, blobs);
  taken.forEach(({ outcome, answer, error }, index) => {
    if (outcome === 'failed') group[index]!.reject(error);
    else group[index]!.resolve(answer);
  });
}

export const isFileAnswer = (answer: unknown): answer is FileAnswer => {
  if ((answer as FileAnswer | undefined)?.outcome === undefined)
    throw Fault.unavailable('NoAnswer', 'the file was not taken in: send it again');
  return true;
};
