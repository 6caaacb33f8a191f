import { type ObservationSetReceived, type StationRecorded, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Decision, Output, OwnRows, RowOutput, Window } from '@quantrac/stream-processing';
import { type Cadence, filledBy } from './advance.ts';
import { fileBegun, fileEnded } from './begun-files.ts';
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
  /**
   * Of a file of very many times, taken in part by part: the earlier ones say which instance began it; the last one
   * carries receipt and held lines, and says how many readings came before.
   */
  readonly part?: { readonly begunBy: string } | { readonly readingsBefore: number };
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
  const { receipt, place, held, released, part } = file;
  const knownAt = nextKnownAt(receipt.at, before);
  const known = isKnown(place, receipt, rows);
  if (known && !released) return repeated(before, file, knownAt);
  const sets = revisedSets(station, file, knownAt, rows);
  const state: IntakeState = { ...progressed(before, file, sets), knownAt };
  if (isEarlier(part)) {
    const begun = released ? [] : [fileBegun({ receipt, station, instance: part.begunBy })];
    return { state, outputs: [...sets, ...begun], answer: { state } };
  }
  const outcome = countOf(held) > 0 ? 'held' : 'accepted';
  const outputs: Output[] = [...sets];
  if (!known) outputs.push(knownFileRow(place, receipt, knownAt, rows));
  if (!released) outputs.push(...received(file, station, outcome, knownAt));
  const after: IntakeState = released ? state : { ...state, counts: counted(before, outcome) };
  const answer: FileAnswer = { outcome, receipt: receipt.receipt, ...toldOf(file), state: after };
  return { state: after, outputs, answer };
}

const isEarlier = (part: FileArrived['part']): part is { readonly begunBy: string } =>
  part !== undefined && 'begunBy' in part;

function repeated(before: IntakeState, { receipt, part }: FileArrived, knownAt: number): Decision<IntakeState> {
  if (isEarlier(part)) return { state: before, outputs: [], answer: { state: before } };
  const state = { ...before, knownAt, counts: counted(before, 'repeat') };
  const answer: FileAnswer = { outcome: 'repeat', receipt: receipt.receipt, state };
  return { state, outputs: [receiptRow(receipt, 'repeat', knownAt), ...ended(receipt, part)], answer };
}

/** The receipt, with what is held of the file. */
function received(
  { receipt, held, judgedBy = '', part }: FileArrived,
  station: string,
  outcome: 'held' | 'accepted',
  knownAt: number,
): readonly Output[] {
  const lines = outcome === 'held' ? linesHeld(receipt, station, held, judgedBy, knownAt) : [];
  return [receiptRow(receipt, outcome, knownAt), ...lines, ...ended(receipt, part)];
}

const ended = (receipt: Receipt, part: FileArrived['part']): readonly Output[] => (part ? [fileEnded(receipt)] : []);

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
  const taken = readings.length + (part && !isEarlier(part) ? part.readingsBefore : 0);
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
