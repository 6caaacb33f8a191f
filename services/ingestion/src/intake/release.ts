import type { BlobStore } from '@quantrac/blob-store';
import type { StationRecorded } from '@quantrac/contracts';
import type { FileArrived } from '../domain/file-arrived.ts';
import type { HeldDocument, HeldJudged, HeldSettled } from '../domain/held-file.ts';
import { countOf, type HeldLines } from '../domain/held-lines.ts';
import type { Receipt } from '../domain/receipt.ts';
import { matchStation, type StationDirectory } from '../domain/station-directory.ts';
import { fileOf, judgementOf, type NamedFile, nameOf } from './read-file.ts';
import type { ReceiveOptions } from './receive.ts';
import { takeFile } from './take-file.ts';

export interface ReleaseOptions extends ReceiveOptions {
  readonly blobs: Pick<BlobStore, 'get'>;
  /** Whether nobody has released, judged or dismissed it since it was read. */
  readonly isUnchanged: (document: HeldDocument) => Promise<boolean>;
}

/** Why a person's command settles a held file. */
export type PersonsCommand = Required<Pick<HeldSettled, 'cause' | 'by'>>;

/** What a person may say of a held file. */
export interface Reading {
  /** By this command. */
  readonly command?: PersonsCommand;
  /** It belongs to this station. */
  readonly station?: StationRecorded;
  /** Read it even if its station's record is the one that held its lines: the units that are known may be others. */
  readonly anew?: true;
  /** What was ahead of the clock when it arrived is judged by the clock of now. */
  readonly timesAreTrue?: true;
  /** Its last line was not cut, though nothing ends it. */
  readonly lastLineIsWhole?: true;
}

/** Reads a held file again with what is registered now; what finds its place is taken in, the rest stays held with its new reason. */
export async function release(
  document: HeldDocument,
  options: ReleaseOptions,
  { command, station, anew, timesAreTrue, lastLineIsWhole }: Reading = {},
): Promise<'released' | 'held'> {
  const named = nameOf({ path: document.path, account: document.account ?? undefined });
  if ('outcome' in named) return 'held';
  const record = station ?? stationOf(document, named, options.directory());
  if (!record) return 'held';
  const judgedBy = judgementOf(record);
  if (!anew && document.judgedBy === judgedBy) return 'held';
  const now = options.clock();
  const receipt = receiptOf(document, timesAreTrue ? now : document.time);
  const bytes = await options.blobs.get(document.blob);
  const how = { ...options, lastLineIsWhole, arrivedAt: document.time };
  const file = fileOf(receipt, bytes, record, named, how, document.mayBeFreed);
  const left = countOf(file.held) > 0 ? file.held : undefined;
  if (file.readings.length === 0 && left && isAsBefore(document, left)) {
    const data: HeldJudged = { document, judgedBy };
    await options.take({ key: document.cell, type: 'HeldJudged', data });
    return 'held';
  }
  // what a person has dismissed meanwhile is not taken in
  if (!(await options.isUnchanged(document))) return 'held';
  const data: FileArrived = { ...file, receipt: { ...receipt, at: now }, released: true };
  const answer = await takeFile(data, options);
  options.progressed(record.station, answer.state);
  const settled: HeldSettled = {
    document,
    state: 'released',
    at: now,
    ...(command ?? { cause: `station:${record.station}/${record.version}` }),
    ...(left && { left: { lines: left, station: record.station, judgedBy } }),
  };
  await options.take({ key: document.cell, type: 'HeldSettled', data: settled });
  return left ? 'held' : 'released';
}

const stationOf = (
  { station }: HeldDocument,
  { origin }: NamedFile,
  directory: StationDirectory,
): StationRecorded | undefined => {
  if (station !== null) return directory.station(station);
  const matched = matchStation(origin, directory);
  return 'station' in matched ? matched.station : undefined;
};

const isAsBefore = ({ station, lines, linesLeftOut = 0 }: HeldDocument, left: HeldLines): boolean =>
  station !== null &&
  linesLeftOut === left.leftOut &&
  lines.length === left.described.length &&
  lines.every((line, index) => line.reason === left.described[index]!.reason);

const receiptOf = ({ held, path, way, account, blob, sha256, from }: HeldDocument, at: number): Receipt => ({
  receipt: held,
  way,
  account,
  from,
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  sha256,
  blob,
  bytes: 0,
  at,
});
