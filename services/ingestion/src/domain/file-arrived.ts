import { type ObservationSetReceived, type StationRecorded, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Decision, Output, OwnRows, RowOutput, Window } from '@quantrac/stream-processing';
import { type Cadence, filledBy } from './advance.ts';
import { linesHeld } from './held-file.ts';
import { countOf, type HeldLines } from './held-lines.ts';
import { counted, type FileAnswer, type IntakeState, nextKnownAt } from './intake-state.ts';
import { type FilePlace, fileWindow, isKnown, knownFileRow } from './known-files.ts';
import type { PlacedReading } from './place-lines.ts';
import { type Receipt, receiptRow, rootOf } from './receipt.ts';
import { revise } from './revise-set.ts';

/** A file whose station is known, its lines placed by the station's record. */
export interface FileArrived {
  readonly receipt: Receipt;
  readonly record: StationRecorded;
  readonly cadence: Cadence | undefined;
  readonly place: FilePlace;
  readonly readings: readonly PlacedReading[];
  readonly held: HeldLines;
  /** Names the settings that judged what is held. */
  readonly judgedBy?: string;
  /** Taken in again from what was held: only lines that were. */
  readonly released?: true;
  /** Of a file of very many times, taken in part by part: the last one carries receipt and held lines, and says how many readings came before. */
  readonly part?: 'earlier' | { readonly readingsBefore: number };
}

const RECEIVED = topics.observationsReceived.name;

/** Behind the newest set rows are looked at in stretches: who fills a gap newest first would look farther back with each file. */
const STRETCH_MS = 6 * 3_600_000;

export function fileWindows({ lastReceived }: IntakeState, { readings, place }: FileArrived): Window[] {
  const stretchOf = (time: number) =>
    lastReceived !== null && time < lastReceived ? Math.floor(time / STRETCH_MS) * STRETCH_MS : time;
  const file = fileWindow(place, place.series === 'file' ? stretchOf(place.time) : place.time);
  if (readings.length === 0) return [file];
  let from = Infinity;
  let to = -Infinity;
  for (const { time } of readings) {
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return [file, { collection: RECEIVED, series: 'set', from: stretchOf(from), to: to + 1 }];
}

/** The sets that a file makes or revises; the same station, name and bytes again is a repeat even after a correction. */
export function decideFile(
  before: IntakeState,
  station: string,
  file: FileArrived,
  rows: OwnRows,
): Decision<IntakeState> {
  const { receipt, place, held, judgedBy = '', released, part } = file;
  const knownAt = nextKnownAt(receipt.at, before);
  const known = isKnown(place, receipt, rows);
  if (known && part === 'earlier' && !released) return { state: before, outputs: [], answer: { state: before } };
  if (known && !released) {
    const state = { ...before, knownAt, counts: counted(before, 'repeat') };
    const answer: FileAnswer = { outcome: 'repeat', receipt: receipt.receipt, state };
    return { state, outputs: [receiptRow(receipt, 'repeat', knownAt)], answer };
  }
  const sets = revisedSets(station, file, knownAt, rows);
  if (part === 'earlier') {
    const state: IntakeState = { ...progressed(before, file, sets), knownAt };
    return { state, outputs: sets, answer: { state } };
  }
  const outputs: Output[] = [...sets];
  if (!known) outputs.push(knownFileRow(place, receipt, knownAt, rows));
  const outcome = countOf(held) > 0 ? 'held' : 'accepted';
  if (!released) {
    outputs.push(receiptRow(receipt, outcome, knownAt));
    if (outcome === 'held') outputs.push(...linesHeld(receipt, station, held, judgedBy, knownAt));
  }
  const state: IntakeState = {
    ...progressed(before, file, sets),
    knownAt,
    counts: released ? before.counts : counted(before, outcome),
  };
  return { state, outputs, answer: { outcome, receipt: receipt.receipt, ...toldOf(file), state } satisfies FileAnswer };
}

function progressed(before: IntakeState, { cadence }: FileArrived, sets: readonly RowOutput[]): IntakeState {
  let { lastReceived, filledTo, late } = before;
  for (const { time } of sets) {
    lastReceived = Math.max(lastReceived ?? time, time);
    if (filledTo !== null && cadence) filledTo = filledBy(filledTo, time, cadence);
    late ||= before.upTo !== null && time <= before.upTo;
  }
  return { ...before, lastReceived, filledTo, late };
}

function toldOf({ held, readings, part }: FileArrived): Pick<FileAnswer, 'reason' | 'advice'> {
  const [first] = held.described;
  if (!first) return {};
  const count = countOf(held);
  const taken = readings.length + (typeof part === 'object' ? part.readingsBefore : 0);
  const what = taken === 0 ? 'all lines are held' : `${count} of ${count + taken} lines are held`;
  return { reason: first.reason, advice: `${what}; line ${first.line}: ${first.advice}` };
}

function revisedSets(station: string, file: FileArrived, knownAt: number, rows: OwnRows): RowOutput[] {
  const { receipt, readings, record, released, part } = file;
  // between its parts a later file may have come
  const mayBeLate = (released || part !== undefined) && 'only what no later receipt changed';
  const root = rootOf(receipt);
  const cause = released ? `release:${receipt.receipt}` : root;
  const sets: RowOutput[] = [];
  for (const [time, placed] of byTime(readings)) {
    const before = rows.at<ObservationSetReceived>(RECEIVED, 'set', time)?.data;
    const revised = revise(before, placed, receipt.receipt, mayBeLate || undefined);
    if (!revised) continue;
    const data: ObservationSetReceived = {
      station,
      time: toInstant(time),
      revision: revised.revision,
      stationVersion: record.version,
      knownAt: toInstant(knownAt),
      cause,
      root,
      readings: revised.readings,
    };
    sets.push({
      kind: 'row',
      topic: topics.observationsReceived,
      type: 'ObservationSetReceived',
      series: 'set',
      time,
      version: revised.revision,
      knownAt,
      data,
    });
  }
  return sets;
}

/** Files mostly carry one time; those that carry a day are put in order. */
function byTime(readings: readonly PlacedReading[]): Iterable<readonly [number, readonly PlacedReading[]]> {
  const first = readings[0];
  if (first && readings.every(({ time }) => time === first.time)) return [[first.time, readings]];
  return [...Map.groupBy(readings, ({ time }) => time)].sort(([a], [b]) => a - b);
}
