import { type IntakeAdvanced, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Decision, Message, Output, OwnRows, Processor, Window } from '@quantrac/stream-processing';
import { advance, type Cadence, noProgress, reach } from './advance.ts';
import { BEGUN_FILES, begunIndexes } from './begun-files.ts';
import { decideFile, type FileArrived, fileWindows } from './file-arrived.ts';
import {
  fileHeld,
  HELD_DOCUMENTS,
  type HeldJudged,
  type HeldSettled,
  heldIndexes,
  heldWindow,
  judged,
  settled,
} from './held-file.ts';
import { counted, type FileAnswer, type IntakeState, nextKnownAt } from './intake-state.ts';
import { type Receipt, receiptRow } from './receipt.ts';
import type { FileOrigin, NoStation } from './station-directory.ts';

const RECEIVED = topics.observationsReceived.name;
/** More than arrive between a look into the store and the commit that follows. */
const UNPLACED_REMEMBERED = 256;

/** A file that no station can be found for. */
export interface FileUnplaced {
  readonly receipt: Receipt;
  readonly origin: FileOrigin;
  readonly why: NoStation;
  /** The same account, path and bytes were held before, as the store said when it arrived. */
  readonly known: boolean;
  /** Names its account, path and bytes. */
  readonly same: string;
}

/** A look at the clock. */
export interface ClockAdvanced {
  readonly at: number;
  readonly cadence: Cadence;
  readonly graceMs: number;
  readonly openSince: number;
  readonly stationVersion: number;
}

/** What a station's (or, for files without one, the node's) cell decides about what arrives. */
export const intake: Processor<IntakeState> = {
  name: 'ingestion',
  inputs: [],
  initial: { ...noProgress, knownAt: 0, counts: { accepted: 0, held: 0, repeat: 0 } },
  documents: { [HELD_DOCUMENTS]: heldIndexes, [BEGUN_FILES]: begunIndexes },
  keepInMemoryMs: 2 * 3_600_000,
  lookback,
  decide(state, message, rows) {
    const { data } = message;
    switch (message.type) {
      case 'FileArrived':
        return decideFile(state, message.key, data as FileArrived, rows);
      case 'FileUnplaced':
        return fileUnplaced(state, message.key, data as FileUnplaced);
      case 'HeldSettled':
        return heldSettled(state, data as HeldSettled, rows);
      case 'HeldJudged':
        return { state, outputs: judged(data as HeldJudged, rows), answer: {} };
      case 'ClockAdvanced':
        return clockAdvanced(state, message.key, data as ClockAdvanced, rows);
      default:
        throw new Error(`intake knows no ${message.type}`);
    }
  },
};

function lookback(state: IntakeState, { type, data }: Message): Window[] {
  switch (type) {
    case 'FileArrived':
      return fileWindows(state, data as FileArrived);
    case 'HeldSettled':
    case 'HeldJudged':
      return [heldWindow((data as HeldSettled | HeldJudged).document)];
    case 'ClockAdvanced':
      return clockWindows(state, data as ClockAdvanced);
    default:
      return [];
  }
}

function fileUnplaced(
  before: IntakeState,
  cell: string,
  { receipt, origin, why, known: wasKnown, same }: FileUnplaced,
): Decision<IntakeState> {
  const { unplaced = [] } = before;
  const known = wasKnown || unplaced.includes(same);
  const knownAt = nextKnownAt(receipt.at, before);
  const { held: reason, advice } = why;
  const outcome = known ? 'repeat' : 'held';
  const outputs = [receiptRow(receipt, outcome, knownAt)];
  if (!known) outputs.push(...fileHeld(receipt, cell, origin, { reason, advice }, same, knownAt));
  const state: IntakeState = {
    ...before,
    knownAt,
    counts: counted(before, outcome),
    ...(!known && { unplaced: [...unplaced.slice(1 - UNPLACED_REMEMBERED), same] }),
  };
  const answer: FileAnswer = { outcome: 'held', receipt: receipt.receipt, ...(why.told ?? { reason, advice }), state };
  return { state, outputs, answer };
}

function heldSettled(before: IntakeState, settling: HeldSettled, rows: OwnRows): Decision<IntakeState> {
  const knownAt = nextKnownAt(settling.at, before);
  const outputs = settled(settling, knownAt, rows);
  if (outputs.length === 0) return { state: before, outputs, answer: { settled: false } };
  return { state: { ...before, knownAt }, outputs, answer: { settled: true } };
}

function clockWindows({ upTo, lastReceived }: IntakeState, { at, cadence, graceMs }: ClockAdvanced): Window[] {
  if (upTo === null) return [];
  const reached = Math.max(reach(at, cadence, graceMs), upTo);
  return [
    { collection: RECEIVED, series: 'set', from: upTo + 1, to: Math.max(reached, lastReceived ?? reached) + 1 },
    { collection: RECEIVED, series: 'advance', from: reached, to: reached + 1 },
  ];
}

function clockAdvanced(
  before: IntakeState,
  station: string,
  clock: ClockAdvanced,
  rows: OwnRows,
): Decision<IntakeState> {
  const { at, cadence, graceMs, openSince, stationVersion } = clock;
  const [sets] = clockWindows(before, clock);
  const times = sets ? rows.range(RECEIVED, 'set', sets.from, sets.to).map(({ time }) => time) : [];
  const { progress, told } = advance(before, cadence, reach(at, cadence, graceMs), times);
  if (!told) {
    const state = { ...before, ...progress };
    return { state, outputs: [], answer: state };
  }
  const { upTo, expected, missing, silentSince } = told;
  const knownAt = nextKnownAt(at, before);
  const state: IntakeState = { ...before, ...progress, knownAt };
  const data: IntakeAdvanced = {
    station,
    stationVersion,
    upTo: toInstant(upTo),
    knownAt: toInstant(knownAt),
    expected,
    missing,
    lastReceived: silentSince === null ? null : toInstant(silentSince),
    openSince: toInstant(openSince),
  };
  const output: Output = {
    kind: 'row',
    topic: topics.observationsReceived,
    type: 'IntakeAdvanced',
    series: 'advance',
    time: upTo,
    version: (rows.at(RECEIVED, 'advance', upTo)?.version ?? 0) + 1,
    knownAt,
    data,
  };
  return { state, outputs: [output], answer: state };
}
