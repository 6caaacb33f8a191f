import { constants, openSync, readFileSync, writeSync } from 'node:fs';

/** How far a log had come: its epoch, and how many records it had taken in all. */
export interface Mark {
  readonly epoch: number;
  readonly appended: number;
}

/** The small file beside a log's own that is written after each append. */
export const witnessOf = (file: string): string => `${file}.epoch`;

/**
 * Remembers beside the log how far it had come, so that a log brought back from an earlier copy is found out;
 * and its being written tells readers in other processes that there is something new.
 * It is never ahead of what is durable in the log, so it is not synced itself.
 */
export function openWitness(file: string): {
  readonly seen: () => Mark | undefined;
  readonly write: (mark: Mark) => void;
} {
  const path = witnessOf(file);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  return {
    seen: () => parsed(readFileSync(path, 'latin1')),
    write: ({ epoch, appended }) => {
      try {
        writeSync(descriptor, `${epoch} ${appended}`.padEnd(31).concat('\n'), 0);
      } catch {
        // A hint is missing; the log itself is durable.
      }
    },
  };
}

function parsed(text: string): Mark | undefined {
  const [, epoch, appended] = /^(\d+) (\d+) *\n$/.exec(text) ?? [];
  return epoch && appended ? { epoch: Number(epoch), appended: Number(appended) } : undefined;
}

/** Whether the log at `mark` must be an earlier copy of the one that the witness has seen. */
export const isEarlierCopy = (mark: Mark, seen: Mark | undefined): boolean =>
  seen ? mark.epoch < seen.epoch || (mark.epoch === seen.epoch && mark.appended < seen.appended) : mark.appended > 0;
