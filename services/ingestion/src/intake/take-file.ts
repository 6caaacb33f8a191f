import type { Blob } from '@quantrac/blob-store';
import type { FileArrived } from '../domain/file-arrived.ts';
import type { FileAnswer } from '../domain/intake-state.ts';
import type { PlacedReading } from '../domain/place-lines.ts';
import type { Entry } from './take-in.ts';

/** So many readings of one file share a commit: everybody waits for a commit, and it is held in memory. */
const MOST_READINGS = 20_000;

export interface TakeFileOptions {
  /** Of the processes that work on one folder: who takes the file in. */
  readonly instance: string;
  readonly take: <Answer>(entry: Entry) => Promise<Answer>;
}

/**
 * Hands a file to its station's cell, a very large one part by part. It is known only with its last part: after a crash between them it is
 * finished at the next start, and whoever sends it again meanwhile finds the parts that are there, and adds the others.
 */
export async function takeFile(
  file: FileArrived,
  { instance, take }: TakeFileOptions,
  blob?: Blob,
): Promise<FileAnswer> {
  const key = file.record.station;
  const entry = (data: FileArrived): Entry => ({ key, type: 'FileArrived', data, ...(blob && { blob }) });
  if (file.readings.length <= MOST_READINGS) return take(entry(file));
  const parts = inParts(file.readings);
  const last = parts.pop()!;
  for (const readings of parts) await take(entry({ ...file, readings, part: { begunBy: instance } }));
  return take(entry({ ...file, readings: last, part: { readingsBefore: file.readings.length - last.length } }));
}

/** By time, the readings of one time together, so that a set is made once. */
function inParts(readings: readonly PlacedReading[]): PlacedReading[][] {
  const parts: PlacedReading[][] = [];
  let part: PlacedReading[] = [];
  for (const reading of readings.toSorted((a, b) => a.time - b.time)) {
    if (part.length >= MOST_READINGS && part.at(-1)!.time !== reading.time) {
      parts.push(part);
      part = [];
    }
    part.push(reading);
  }
  return [...parts, part];
}
