import type { Blob } from '@quantrac/blob-store';
import type { FileArrived } from '../domain/file-arrived.ts';
import type { FileAnswer } from '../domain/intake-state.ts';
import type { PlacedReading } from '../domain/place-lines.ts';
import type { Entry } from './take-in.ts';

/** So many readings share a commit: everybody waits for it, it is held in memory, and in MongoDB it is one document. */
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
  const parts = inParts(file.readings, file.record.channels.length);
  const last = parts.pop()!;
  if (parts.length === 0) return take(entry(file));
  for (const readings of parts) await take(entry({ ...file, readings, part: { begunBy: instance } }));
  return take(entry({ ...file, readings: last, part: { readingsBefore: file.readings.length - last.length } }));
}

/** By time, the readings of one time together, so that a set is made once; a set that stands comes again with all channels of its station. */
function inParts(readings: readonly PlacedReading[], channels: number): (readonly PlacedReading[])[] {
  if (readings.length * Math.max(1, channels) <= MOST_READINGS) return [readings];
  const parts: PlacedReading[][] = [];
  let part: PlacedReading[] = [];
  let [time, count] = [NaN, 0];
  for (const reading of readings.toSorted((a, b) => a.time - b.time)) {
    if (reading.time !== time) {
      if (count + channels > MOST_READINGS) {
        parts.push(part);
        [part, count] = [[], 0];
      }
      count += channels;
      time = reading.time;
    }
    part.push(reading);
  }
  return [...parts, part];
}
