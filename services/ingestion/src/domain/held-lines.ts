import type { FileHeld } from '@quantrac/contracts';
import type { LineFault } from './line-fault.ts';
import type { HeldLine, HeldReason } from './place-lines.ts';

/** What of a file is held, in a size that does not grow with the file's. */
export interface HeldLines {
  /** The first of them, by line. */
  readonly described: FileHeld['lines'];
  /** How many more there are. */
  readonly leftOut: number;
  /** Lines that may find a place after all: first and last of each run. */
  readonly mayBeFreed: readonly LineRun[];
  /** A change of the station's record may free some; else only a person can. */
  readonly byRegistering: boolean;
}

export type LineRun = readonly [first: number, last: number];

export const nothingHeld: HeldLines = { described: [], leftOut: 0, mayBeFreed: [], byRegistering: false };

const MOST_DESCRIBED = 100;
const freedByRegistering: ReadonlySet<HeldReason> = new Set([
  'ChannelUnknown',
  'ChannelTwice',
  'UnitUnknown',
  'UnitNotConvertible',
  'TimeInFuture',
  'ClockNotSet',
]);

/** Of lines that could not be read (`faultsLeftOut` more are not told one by one) and lines that could not be placed. */
export function heldLines(
  faults: readonly LineFault[],
  faultsLeftOut: number,
  unplaced: readonly HeldLine[],
): HeldLines {
  if (faults.length === 0 && unplaced.length === 0) return nothingHeld;
  const held = [...faults, ...unplaced].sort((a, b) => a.line - b.line);
  // only a person knows that a line was not cut
  const mayBeFreed = held.filter(({ reason }) => freedByRegistering.has(reason) || reason === 'LineCut');
  return {
    described: held.slice(0, MOST_DESCRIBED).map(({ line, text, reason, advice }) => ({ line, text, reason, advice })),
    leftOut: Math.max(0, held.length - MOST_DESCRIBED) + faultsLeftOut,
    mayBeFreed: runsOf(mayBeFreed.map(({ line }) => line)),
    byRegistering: unplaced.some(({ reason }) => freedByRegistering.has(reason)),
  };
}

export const countOf = ({ described, leftOut }: HeldLines): number => described.length + leftOut;

/** Asked of lines in ascending order. */
export function lineIn(runs: readonly LineRun[]): (line: number) => boolean {
  let at = 0;
  return (line) => {
    while (at < runs.length && runs[at]![1] < line) at++;
    return at < runs.length && runs[at]![0] <= line;
  };
}

/** Of ascending line numbers. */
function runsOf(lines: readonly number[]): LineRun[] {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs;
}
