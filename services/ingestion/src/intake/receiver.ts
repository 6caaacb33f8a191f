import { hash } from 'node:crypto';
import { type BlobStore, blobRef } from '@quantrac/blob-store';
import type { StationRecorded } from '@quantrac/contracts';
import { Fault, isFault } from '@quantrac/event-sourcing';
import type { Answer, Arrival } from '../arrivals/arrival.ts';
import { parseFileName, safeRelativePath } from '../domain/file-name.ts';
import { folderedFile } from '../domain/folder-layout.ts';
import type { FileArrived, FileUnplaced, HeldDocument, HeldSettled, IntakeState, Receipt } from '../domain/intake.ts';
import type { LineFault } from '../domain/line-fault.ts';
import { type HeldLine, type Placed, placeLines } from '../domain/place-lines.ts';
import { type FileOrigin, matchStation, type StationDirectory } from '../domain/station-directory.ts';
import { parseStationFile } from '../domain/station-file.ts';
import type { Entry } from './take-in.ts';

export interface ReceiverOptions {
  readonly node: string;
  readonly directory: () => StationDirectory;
  readonly blobs: BlobStore;
  readonly numbers: { take(): Promise<number> };
  readonly take: (entry: Entry) => Promise<unknown>;
  readonly clock: () => number;
  readonly aheadMs: number;
  readonly missingCodes: readonly string[];
  /** Told the station's progress after each file. */
  readonly progressed: (station: string, state: IntakeState) => void;
}

interface ReadFile {
  readonly origin: FileOrigin;
  readonly nameTime: number | undefined;
}

/** What becomes of a file that arrived whole: stored, matched, read, placed and taken in; durable when it resolves. */
export async function receive(arrival: Arrival, options: ReceiverOptions): Promise<Answer> {
  const named = nameOf(arrival);
  if ('outcome' in named) return named;
  const matched = matchStation(named.origin, options.directory());
  if ('refused' in matched) return { outcome: 'refused', reason: matched.refused, advice: matched.advice };
  const at = options.clock();
  const receipt = receiptOf(arrival, `${options.node}/${await options.numbers.take()}`, at);
  const blob = { bytes: arrival.bytes, storedAt: at };
  if ('held' in matched) {
    const unplaced: FileUnplaced = { receipt, reason: matched.held, advice: matched.advice };
    return answered(await options.take({ key: options.node, type: 'FileUnplaced', data: unplaced, blob }));
  }
  const { station: record } = matched;
  const file = fileOf({ ...receipt, station: record.station }, arrival.bytes, record, named, options);
  const answer = await options.take({ key: record.station, type: 'FileArrived', data: file, blob });
  options.progressed(record.station, (answer as { state: IntakeState }).state);
  return answered(answer);
}

/** Reads a held file again with what is registered now; what finds its place is taken in, the rest stays held with its new reason. */
export async function release(
  document: HeldDocument,
  options: ReceiverOptions,
  assigned?: StationRecorded,
): Promise<'released' | 'held'> {
  const receipt = receiptOfHeld(document);
  const bytes = await options.blobs.get(receipt.blob);
  const named = nameOf({ path: receipt.path, account: receipt.account ?? undefined });
  if ('outcome' in named) return 'held';
  const record = assigned ?? stationOf(document, named, options.directory());
  if (!record) return 'held';
  const whole = fileOf({ ...receipt, station: record.station, at: document.time }, bytes, record, named, options);
  const lines = new Set(document.lines.map(({ line }) => line));
  const again = lines.size > 0 ? { ...whole, held: whole.held.filter(({ line }) => lines.has(line)) } : whole;
  const readings =
    lines.size > 0 ? readingsOfLines(bytes, record, named, lines, options, document.time) : whole.readings;
  if (sameLines(document, again.held) && readings.length === 0) return 'held';
  const file: FileArrived = {
    ...again,
    readings,
    released: document.held,
    receipt: { ...again.receipt, at: options.clock() },
  };
  const settled: HeldSettled = {
    document,
    state: 'released',
    at: options.clock(),
    cause: `station:${record.station}/${record.version}`,
    lines: [...again.held],
  };
  const answer = await options.take({ key: record.station, type: 'FileArrived', data: file });
  options.progressed(record.station, (answer as { state: IntakeState }).state);
  await options.take({ key: document.cell, type: 'HeldSettled', data: settled });
  return again.held.length > 0 ? 'held' : 'released';
}

function nameOf({
  path,
  account,
}: Pick<Arrival, 'path' | 'account'>): ReadFile | Extract<Answer, { outcome: 'refused' }> {
  try {
    const { stationCode, fileName } = folderedFile(safeRelativePath(path));
    const { prefix, time } = parseFileName(fileName);
    return { origin: { account, folder: stationCode, prefix }, nameTime: time };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { outcome: 'refused', reason: error.code, advice: error.message };
  }
}

const receiptOf = ({ way, account, from, path, bytes }: Arrival, receipt: string, at: number): Receipt => {
  const sha256 = hash('sha256', bytes);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    receipt,
    station: null,
    way,
    account: account ?? null,
    from,
    path,
    name,
    sha256,
    blob: blobRef(sha256, at),
    bytes: bytes.length,
    at,
  };
};

function fileOf(
  receipt: Receipt,
  bytes: Uint8Array,
  record: StationRecorded,
  { nameTime }: ReadFile,
  options: ReceiverOptions,
): FileArrived {
  const { readings, held } = placedOf(bytes, record, nameTime, receipt.at, options);
  const fileTime = readings[0]?.time ?? nameTime ?? receipt.at;
  return { receipt, record, fileTime, readings, held };
}

function placedOf(
  bytes: Uint8Array,
  record: StationRecorded,
  nameTime: number | undefined,
  at: number,
  { aheadMs, missingCodes }: ReceiverOptions,
): Placed {
  const { lines, faults } = parseStationFile(bytes, { nameTime, missingCodes });
  const { readings, held } = placeLines(lines, record, { at, aheadMs });
  return { readings, held: [...faults.map(heldFault), ...held].sort((a, b) => a.line - b.line) };
}

/** Of a file that was taken in but for some lines, only those: what was corrected meanwhile stays. */
function readingsOfLines(
  bytes: Uint8Array,
  record: StationRecorded,
  { nameTime }: ReadFile,
  wanted: ReadonlySet<number>,
  options: ReceiverOptions,
  at: number,
) {
  const { lines } = parseStationFile(bytes, { nameTime, missingCodes: options.missingCodes });
  return placeLines(
    lines.filter(({ line }) => wanted.has(line)),
    record,
    { at, aheadMs: options.aheadMs },
  ).readings;
}

const heldFault = ({ line, text, reason, advice }: LineFault): HeldLine => ({ line, text, reason, advice });

function stationOf(
  document: HeldDocument,
  { origin }: ReadFile,
  directory: StationDirectory,
): StationRecorded | undefined {
  if (document.station !== null) return directory.station(document.station);
  const matched = matchStation(origin, directory);
  return 'station' in matched ? matched.station : undefined;
}

const sameLines = (document: HeldDocument, held: readonly HeldLine[]): boolean =>
  document.lines.length === held.length &&
  document.lines.length > 0 &&
  document.lines.every((line, index) => line.reason === held[index]!.reason);

function receiptOfHeld({ held, path, way, account, time, blob, sha256, from }: HeldDocument): Receipt {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { receipt: held, station: null, way, account, from, path, name, sha256, blob, bytes: 0, at: time };
}

function answered(answer: unknown): Answer {
  const { outcome, receipt, reason, advice } = answer as {
    outcome: Answer['outcome'];
    receipt: string;
    reason?: string;
    advice?: string;
  };
  if (outcome === undefined) throw Fault.unavailable('NoAnswer', 'the file was not taken in: send it again');
  return { outcome, receipt, ...(reason !== undefined && { reason, advice }) } as Answer;
}
