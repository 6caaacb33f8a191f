import {
  type FileHeld,
  type IntakeAdvanced,
  type ObservationSetReceived,
  type StationRecorded,
  topics,
} from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Decision, Message, Output, OwnRows, Processor, Window } from '@quantrac/stream-processing';
import { type Cadence, countSlots, isDue, noProgress, type Progress, reach, silentSince } from './advance.ts';
import type { HeldLine, PlacedReading } from './place-lines.ts';
import { revise } from './revise-set.ts';

const RECEIVED = topics.observationsReceived.name;
export const FILES = 'files';
export const RECEIPTS = 'receipts';
export const HELD_DOCUMENTS = 'held-files';

/** One arrival, whatever became of it: never changed. */
export interface Receipt {
  /** `<node>/<number>` */
  readonly receipt: string;
  readonly station: string | null;
  readonly way: 'ftp' | 'http' | 'folder' | 'command';
  readonly account: string | null;
  readonly from: string;
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly blob: string;
  readonly bytes: number;
  /** ms */
  readonly at: number;
}

/** A file whose station is known, its lines placed by the station's record. */
export interface FileArrived {
  readonly receipt: Receipt;
  readonly record: StationRecorded;
  /** The time that files are told apart by beside name and hash: of the first reading, of the name, or of arrival. */
  readonly fileTime: number;
  readonly readings: readonly PlacedReading[];
  readonly held: readonly HeldLine[];
  /** Taken in again from what was held: only the lines that were. */
  readonly released?: string;
}

/** A file that no station can be found for, or that cannot be read at all. */
export interface FileUnplaced {
  readonly receipt: Receipt;
  readonly reason: string;
  readonly advice: string;
}

/** A held file as it is found by people and by what releases it. */
export interface HeldDocument extends FileHeld {
  /** The cell that holds it: its station, or the node. */
  readonly cell: string;
  /** Of its row, ms. */
  readonly time: number;
  readonly from: string;
  readonly sha256: string;
  readonly blob: string;
}

/** What was held has found its place, whole or in part, or was dismissed by a person. */
export interface HeldSettled {
  readonly document: HeldDocument;
  readonly state: 'released' | 'dismissed';
  readonly at: number;
  readonly cause: string;
  readonly lines: FileHeld['lines'];
}

export interface ClockAdvanced {
  readonly at: number;
  readonly cadence: Cadence;
  readonly graceMs: number;
  readonly openSince: number;
  readonly stationVersion: number;
}

export interface IntakeState extends Progress {
  /** Rises per station. */
  readonly knownAt: number;
}

export interface FileAnswer {
  readonly outcome: 'accepted' | 'repeat' | 'held';
  readonly receipt: string;
  readonly reason?: string;
  readonly advice?: string;
  readonly state: IntakeState;
}

type FileRow = { readonly files: readonly { readonly name: string; readonly sha256: string }[] };

/** What a station's (or, for files without one, the node's) cell decides about what arrives. */
export const intake: Processor<IntakeState> = {
  name: 'ingestion',
  inputs: [],
  initial: { ...noProgress, knownAt: 0 },
  documents: { [HELD_DOCUMENTS]: { state: ['state', 'reason'], station: ['station', 'state'] } },
  keepInMemoryMs: 2 * 3_600_000,
  lookback,
  decide(state, message, rows) {
    const { data } = message;
    switch (message.type) {
      case 'FileArrived':
        return fileArrived(state, message.key, data as FileArrived, rows);
      case 'FileUnplaced':
        return fileUnplaced(state, message.key, data as FileUnplaced);
      case 'HeldSettled':
        return heldSettled(state, data as HeldSettled);
      case 'ClockAdvanced':
        return clockAdvanced(state, message.key, data as ClockAdvanced, rows);
      default:
        throw new Error(`intake knows no ${message.type}`);
    }
  },
};

function lookback(state: IntakeState, { type, data }: Message): Window[] {
  if (type === 'FileArrived') {
    const { readings, fileTime } = data as FileArrived;
    const file = { collection: FILES, series: 'file', from: fileTime, to: fileTime + 1 };
    if (readings.length === 0) return [file];
    let from = Infinity;
    let to = -Infinity;
    for (const { time } of readings) {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
    return [file, { collection: RECEIVED, series: 'set', from, to: to + 1 }];
  }
  if (type !== 'ClockAdvanced') return [];
  const { at, cadence, graceMs } = data as ClockAdvanced;
  const reached = Math.max(reach(at, cadence, graceMs), state.upTo ?? 0);
  const from = state.upTo ?? reached;
  return [
    { collection: RECEIVED, series: 'set', from, to: reached + 1 },
    { collection: RECEIVED, series: 'advance', from: reached, to: reached + 1 },
  ];
}

function fileArrived(before: IntakeState, station: string, file: FileArrived, rows: OwnRows): Decision<IntakeState> {
  const { receipt, released } = file;
  const knownAt = Math.max(receipt.at, before.knownAt + 1);
  const files = rows.at<FileRow>(FILES, 'file', file.fileTime);
  const known = files?.data.files.some(({ name, sha256 }) => name === receipt.name && sha256 === receipt.sha256);
  if (known && !released) {
    const state = { ...before, knownAt };
    return {
      state,
      outputs: [receiptRow(receipt, knownAt, 'repeat')],
      answer: { outcome: 'repeat', receipt: receipt.receipt, state } satisfies FileAnswer,
    };
  }
  const sets = revisedSets(station, file, knownAt, rows);
  const outputs: Output[] = [...sets];
  if (!released) outputs.push(receiptRow(receipt, knownAt, file.held.length > 0 ? 'held' : 'accepted'));
  if (!known) {
    const { name, sha256 } = receipt;
    outputs.push(
      row(FILES, 'FileKnown', 'file', file.fileTime, (files?.version ?? 0) + 1, knownAt, {
        files: [...(files?.data.files ?? []), { name, sha256 }],
      }),
    );
  }
  if (file.held.length > 0 && !released)
    outputs.push(
      ...heldOutputs(placeOf(station, receipt, knownAt), heldOf(receipt, station, file.held, knownAt), knownAt),
    );
  const times = sets.map(({ time }) => time);
  const newest = Math.max(before.lastReceived ?? -Infinity, ...times);
  const state: IntakeState = {
    ...before,
    knownAt,
    lastReceived: Number.isFinite(newest) ? newest : null,
    late: before.late || times.some((time) => before.upTo !== null && time <= before.upTo),
  };
  return { state, outputs, answer: answerOf(file, state) };
}

function answerOf({ receipt, held, readings }: FileArrived, state: IntakeState): FileAnswer {
  const { receipt: number } = receipt;
  const [first] = held;
  if (!first) return { outcome: 'accepted', receipt: number, state };
  const what =
    readings.length === 0 ? 'all lines are held' : `${held.length} of ${held.length + readings.length} lines are held`;
  return {
    outcome: 'held',
    receipt: number,
    reason: first.reason,
    advice: `${what}; line ${first.line}: ${first.advice}`,
    state,
  };
}

function revisedSets(station: string, file: FileArrived, knownAt: number, rows: OwnRows) {
  const { receipt, readings, record, released } = file;
  const root = `receipt:${receipt.receipt}`;
  const cause = released ? `release:${released}` : root;
  const sets = [];
  for (const [time, placed] of byTime(readings)) {
    const before = rows.at<ObservationSetReceived>(RECEIVED, 'set', time)?.data;
    const revised = revise(
      before,
      placed,
      receipt.receipt,
      released ? 'only what no later receipt changed' : undefined,
    );
    if (!revised) continue;
    const data: ObservationSetReceived = {
      station,
      time: toInstant(time),
      revision: revised.revision,
      stationVersion: record.version,
      knownAt: toInstant(knownAt),
      cause,
      root,
      readings: [...revised.readings],
    };
    sets.push({
      kind: 'row' as const,
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

function fileUnplaced(
  before: IntakeState,
  cell: string,
  { receipt, reason, advice }: FileUnplaced,
): Decision<IntakeState> {
  const knownAt = Math.max(receipt.at, before.knownAt + 1);
  const state = { ...before, knownAt };
  const document = { ...heldOf(receipt, null, [], knownAt), reason, advice };
  const outputs = [
    receiptRow(receipt, knownAt, 'held'),
    ...heldOutputs(placeOf(cell, receipt, knownAt), document, knownAt),
  ];
  return {
    state,
    outputs,
    answer: { outcome: 'held', receipt: receipt.receipt, reason, advice, state } satisfies FileAnswer,
  };
}

function heldSettled(
  before: IntakeState,
  { document, state: settled, at, cause, lines }: HeldSettled,
): Decision<IntakeState> {
  const knownAt = Math.max(at, before.knownAt + 1);
  const { time, cell, from, sha256, blob, ...held } = document;
  const next: FileHeld = {
    ...held,
    state: lines.length > 0 ? 'held' : settled,
    lines: [...lines],
    version: held.version + 1,
    knownAt: toInstant(knownAt),
    cause,
  };
  return { state: { ...before, knownAt }, outputs: heldOutputs({ time, cell, from, sha256, blob }, next, knownAt) };
}

function clockAdvanced(
  before: IntakeState,
  station: string,
  clock: ClockAdvanced,
  rows: OwnRows,
): Decision<IntakeState> {
  const { at, cadence, graceMs, openSince, stationVersion } = clock;
  const reached = reach(at, cadence, graceMs);
  if (before.upTo === null) {
    const state = { ...before, upTo: reached, expectedSince: reached };
    return { state, outputs: [], answer: state };
  }
  if (!isDue(before, reached)) return { state: before, outputs: [], answer: before };
  const upTo = Math.max(reached, before.upTo);
  const knownAt = Math.max(at, before.knownAt + 1);
  const times = rows.range(RECEIVED, 'set', before.upTo, upTo + 1).map(({ time }) => time);
  const silent = silentSince(before, upTo);
  const data: IntakeAdvanced = {
    station,
    stationVersion,
    upTo: toInstant(upTo),
    knownAt: toInstant(knownAt),
    ...countSlots(before.upTo, upTo, cadence.intervalMs, times),
    lastReceived: silent === null ? null : toInstant(silent),
    openSince: toInstant(openSince),
  };
  const version = (rows.at(RECEIVED, 'advance', upTo)?.version ?? 0) + 1;
  const state: IntakeState = { ...before, knownAt, upTo, late: false };
  const output: Output = {
    kind: 'row',
    topic: topics.observationsReceived,
    type: 'IntakeAdvanced',
    series: 'advance',
    time: upTo,
    version,
    knownAt,
    data,
  };
  return { state, outputs: [output], answer: state };
}

const receiptRow = (receipt: Receipt, knownAt: number, outcome: string): Output =>
  row(RECEIPTS, 'FileReceived', 'receipt', receipt.at, Number(receipt.receipt.split('/')[1]), knownAt, {
    ...receipt,
    outcome,
  });

function row(
  collection: string,
  type: string,
  series: string,
  time: number,
  version: number,
  knownAt: number,
  data: unknown,
): Output {
  return { kind: 'row', collection, type, series, time, version, knownAt, data };
}

function heldOf(receipt: Receipt, station: string | null, lines: readonly HeldLine[], knownAt: number): FileHeld {
  const [first] = lines;
  const cause = `receipt:${receipt.receipt}`;
  return {
    held: receipt.receipt,
    version: 1,
    node: receipt.receipt.split('/')[0]!,
    receipt: receipt.receipt,
    station,
    path: receipt.path,
    way: receipt.way,
    account: receipt.account,
    state: 'held',
    lines: [...lines],
    reason: first?.reason ?? '',
    advice: first?.advice ?? '',
    knownAt: toInstant(knownAt),
    cause,
    root: cause,
  };
}

type HeldPlace = Omit<HeldDocument, keyof FileHeld>;

/** The moment at which the file became known is unique in its cell and tells held files apart. */
const placeOf = (cell: string, { from, sha256, blob }: Receipt, time: number): HeldPlace => ({
  cell,
  time,
  from,
  sha256,
  blob,
});

function heldOutputs(place: HeldPlace, held: FileHeld, knownAt: number): Output[] {
  const document: HeldDocument = { ...held, ...place };
  const { time } = place;
  return [
    {
      kind: 'row',
      topic: topics.intakeHeld,
      type: 'FileHeld',
      series: 'held',
      time,
      version: held.version,
      knownAt,
      data: held,
    },
    { kind: 'document', collection: HELD_DOCUMENTS, documentKey: held.held, document },
  ];
}
