import type { Output, OwnRows, Window } from '@quantrac/stream-processing';
import { comparedName } from './file-name.ts';
import type { Receipt } from './receipt.ts';

/** The row that says whether a file came before. */
export interface FilePlace {
  readonly series: 'file' | 'timeless';
  /** ms */
  readonly time: number;
}

type KnownFiles = { readonly files: readonly Pick<Receipt, 'name' | 'sha256'>[] };

const FILES = 'files';
const SECOND_MS = 1000;
/** So many rows share the files that carry no time at all; few stations ever send one. */
const TIMELESS_ROWS = 4096;
/** The newest stay: whoever sends the same bytes under ever new names must not make a row grow without end. */
const MOST_FILES_A_ROW = 256;

/**
 * Where a file is looked for by its cell: a function of its name and bytes alone, so that the same file is known again whatever has been
 * registered since. Stamps name seconds; the milliseconds spread those that share one, as a file that grows all day.
 */
export function placeOfFile({ sha256 }: Pick<Receipt, 'sha256'>, stamp: number | undefined): FilePlace {
  const spread = Number.parseInt(sha256.slice(0, 8), 16);
  if (stamp === undefined || stamp < 0) return { series: 'timeless', time: spread % TIMELESS_ROWS };
  return { series: 'file', time: stamp + (spread % SECOND_MS) };
}

export const fileWindow = ({ series, time }: FilePlace, from = time): Window => ({
  collection: FILES,
  series,
  from,
  to: time + 1,
});

/** The same station, name and bytes: a repeat, however the name is spelled. */
export const isKnown = (place: FilePlace, { name, sha256 }: Receipt, rows: OwnRows): boolean =>
  rows
    .at<KnownFiles>(FILES, place.series, place.time)
    ?.data.files.some((file) => file.sha256 === sha256 && isSameName(file.name, name)) ?? false;

const isSameName = (one: string, other: string): boolean => one === other || comparedName(one) === comparedName(other);

export function knownFileRow(
  { series, time }: FilePlace,
  { name, sha256 }: Receipt,
  knownAt: number,
  rows: OwnRows,
): Output {
  const before = rows.at<KnownFiles>(FILES, series, time);
  return {
    kind: 'row',
    collection: FILES,
    type: 'FileKnown',
    series,
    time,
    version: (before?.version ?? 0) + 1,
    knownAt,
    data: { files: [...(before?.data.files ?? []).slice(1 - MOST_FILES_A_ROW), { name, sha256 }] },
  };
}
