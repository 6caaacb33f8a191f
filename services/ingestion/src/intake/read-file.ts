import { hash } from 'node:crypto';
import type { StationRecorded } from '@quantrac/contracts';
import { isFault } from '@quantrac/event-sourcing';
import type { Answer, Arrival } from '../arrivals/arrival.ts';
import { cadenceAt } from '../domain/advance.ts';
import type { FileArrived } from '../domain/file-arrived.ts';
import { parseFileName, safeRelativePath } from '../domain/file-name.ts';
import { folderedFile } from '../domain/folder-layout.ts';
import { heldLines, type LineRun, lineIn } from '../domain/held-lines.ts';
import { placeOfFile } from '../domain/known-files.ts';
import { type Placed, placeLines } from '../domain/place-lines.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { FileOrigin } from '../domain/station-directory.ts';
import { parseStationFile } from '../domain/station-file.ts';

export interface ReadOptions {
  /** So far ahead of its arrival a reading may be stamped. */
  readonly aheadMs: number;
  readonly missingCodes: readonly string[];
  readonly lastLineIsWhole?: boolean | undefined;
  /** Where the receipt's time is not that of its arrival. */
  readonly arrivedAt?: number | undefined;
}

export interface NamedFile {
  readonly origin: FileOrigin;
  /** ms; undefined: the name carries no time. */
  readonly nameTime: number | undefined;
}

/** What path and name say of a file; names that are none, or would leave the folder, are refused. */
export function nameOf({
  path,
  account,
}: Pick<Arrival, 'path' | 'account'>): NamedFile | Extract<Answer, { outcome: 'refused' }> {
  try {
    const { stationCode, fileName } = folderedFile(safeRelativePath(path));
    const { time, ...named } = parseFileName(fileName);
    return { origin: { account, folder: stationCode, ...named }, nameTime: time };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { outcome: 'refused', reason: error.code, advice: error.message };
  }
}

const judgements = new WeakMap<StationRecorded, string>();

/** Names what of a station's record judges lines, so that another record with the same need not judge them again. */
export function judgementOf(record: StationRecorded): string {
  const there = judgements.get(record);
  if (there !== undefined) return there;
  const { kind, channels, clockCorrections } = record;
  const made = hash('sha256', JSON.stringify([kind, channels, clockCorrections]), 'base64').slice(0, 22);
  judgements.set(record, made);
  return made;
}

/**
 * Reads a file as it arrived at its receipt's time, and gives its lines their places; of a file that was taken in but for some lines
 * `only` those: what was placed then is not placed anew.
 */
export function fileOf(
  receipt: Receipt,
  bytes: Uint8Array,
  record: StationRecorded,
  { nameTime }: NamedFile,
  { aheadMs, missingCodes, lastLineIsWhole, arrivedAt }: ReadOptions,
  only?: readonly LineRun[],
): FileArrived {
  const { lines, faults, faultsLeftOut } = parseStationFile(bytes, { nameTime, missingCodes, lastLineIsWhole });
  const placed = placeLines(lines, record, { at: receipt.at, aheadMs, arrivedAt });
  const { readings, held } = only ? amongHeld(placed, only) : placed;
  return {
    receipt,
    record,
    cadence: cadenceAt(record, receipt.at),
    place: placeOfFile(receipt, nameTime ?? lines[0]?.time),
    readings,
    held: heldLines(faults, faultsLeftOut, held),
    ...((faults.length > 0 || held.length > 0) && { judgedBy: judgementOf(record) }),
  };
}

/** A line of before the clock was set was held too, and for ever. */
function amongHeld({ readings, held }: Placed, only: readonly LineRun[]): Placed {
  const wasHeld = lineIn(only);
  const isHeld = lineIn(only);
  return {
    readings: readings.filter(({ line }) => wasHeld(line)),
    held: held.filter(({ line, reason }) => isHeld(line) || reason === 'ClockNotSet'),
  };
}
