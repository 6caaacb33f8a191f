import { type FileHeld, topics } from '@quantrac/contracts';
import { toInstant } from '@quantrac/regulations';
import type { Output, OwnRows, Window } from '@quantrac/stream-processing';
import type { HeldLines, LineRun } from './held-lines.ts';
import { nodeOf, type Receipt, rootOf } from './receipt.ts';
import { comparedFolder, comparedPrefix, type FileOrigin } from './station-directory.ts';

export const HELD_DOCUMENTS = 'held-files';

/** By which changes of the register a held file may find its place; none of them: only a person can say. */
export interface WaitsFor {
  /** The station whose names and units its lines lack. */
  readonly waitsForStation?: string;
  /** Of a file without a station, as they are compared. */
  readonly waitsForPrefix?: string;
  readonly waitsForFolder?: string;
  readonly waitsForAccount?: string;
}

/** A held file as it is found by people and by what releases it. */
export interface HeldDocument extends FileHeld, WaitsFor {
  /** The cell that holds it: its station, or the node. */
  readonly cell: string;
  /** Of its row, ms: when it became known, unique in its cell. */
  readonly time: number;
  readonly from: string;
  readonly sha256: string;
  readonly blob: string;
  /** Of a file without a station: names its account, path and bytes. */
  readonly same?: string;
  /** Held lines that may find a place; undefined: the whole file. */
  readonly mayBeFreed?: readonly LineRun[];
  /** Names the settings of its station by which its lines were judged last. */
  readonly judgedBy?: string;
}

/** By the fields that people and releases look for. */
export const heldIndexes = {
  state: ['state', 'reason', 'time'],
  station: ['station', 'state', 'time'],
  open: ['state', 'held'],
  same: ['same'],
  waitsForStation: ['waitsForStation', 'held'],
  waitsForPrefix: ['waitsForPrefix', 'held'],
  waitsForFolder: ['waitsForFolder', 'held'],
  waitsForAccount: ['waitsForAccount', 'held'],
} as const satisfies Record<string, readonly (keyof HeldDocument)[]>;

/** Held lines have found their place, all or some, or a person has dismissed them. */
export interface HeldSettled {
  /** As whoever settles it saw it: when it has changed since, nothing happens. */
  readonly document: HeldDocument;
  readonly state: 'released' | 'dismissed';
  readonly at: number;
  readonly cause: string;
  /** The person whose command it is. */
  readonly by?: NonNullable<FileHeld['by']>;
  /** What stays held, with its station. */
  readonly left?: { readonly lines: HeldLines; readonly station: string; readonly judgedBy: string };
  /** Of the person who dismissed it. */
  readonly reason?: string;
}

/** Other settings of its station judged its lines as those before: they need not judge again. */
export interface HeldJudged {
  /** As whoever judged it saw it. */
  readonly document: HeldDocument;
  readonly judgedBy: string;
}

type Place = Omit<HeldDocument, keyof FileHeld>;

/** A whole file that waits for a station. */
export function fileHeld(
  receipt: Receipt,
  cell: string,
  { prefix, folder, account }: FileOrigin,
  why: { readonly reason: string; readonly advice: string },
  same: string,
  knownAt: number,
): readonly Output[] {
  const waits: WaitsFor = {
    waitsForPrefix: comparedPrefix(prefix),
    ...(folder !== undefined && { waitsForFolder: comparedFolder(folder) }),
    ...(account !== undefined && { waitsForAccount: account }),
  };
  const held = { ...newlyHeld(receipt, knownAt), station: null, lines: [], ...why };
  return heldOutputs(held, { ...placeOf(receipt, cell, knownAt), same, ...waits });
}

/** Lines of a file whose station is known. */
export function linesHeld(
  receipt: Receipt,
  station: string,
  lines: HeldLines,
  judgedBy: string,
  knownAt: number,
): readonly Output[] {
  const held = { ...newlyHeld(receipt, knownAt), ...told(lines, station) };
  return heldOutputs(held, { ...placeOf(receipt, station, knownAt), ...keptLines(lines, station, judgedBy) });
}

export const heldWindow = ({ time }: HeldDocument): Window => ({
  collection: topics.intakeHeld.name,
  series: 'held',
  from: time,
  to: time + 1,
});

/** Nothing when somebody else was faster. */
export function settled(settling: HeldSettled, knownAt: number, rows: OwnRows): readonly Output[] {
  const { document, cause, by, left } = settling;
  const { time, cell, from, sha256, blob, same } = document;
  if (!isNewest(document, rows)) return [];
  const held: FileHeld = {
    held: document.held,
    version: document.version + 1,
    node: document.node,
    receipt: document.receipt,
    path: document.path,
    way: document.way,
    account: document.account,
    root: document.root,
    ...(left ? told(left.lines, left.station) : closed(settling)),
    knownAt: toInstant(knownAt),
    cause,
    ...(by && { by }),
  };
  const kept = left && keptLines(left.lines, left.station, left.judgedBy);
  return heldOutputs(held, { time, cell, from, sha256, blob, ...(same !== undefined && { same }), ...kept });
}

/** No new version: nothing that was told has changed. */
export const judged = ({ document, judgedBy }: HeldJudged, rows: OwnRows): readonly Output[] =>
  isNewest(document, rows) ? [documentOutput({ ...document, judgedBy })] : [];

const isNewest = ({ time, version }: HeldDocument, rows: OwnRows): boolean =>
  rows.at(topics.intakeHeld.name, 'held', time)?.version === version;

const closed = ({ document, state, reason }: HeldSettled) => ({
  state,
  station: document.station,
  lines: [],
  reason: document.reason,
  advice: reason ?? document.advice,
});

function told({ described, leftOut }: HeldLines, station: string) {
  const { reason, advice } = described[0]!;
  const lines = [...described];
  return { state: 'held' as const, station, lines, reason, advice, ...(leftOut > 0 && { linesLeftOut: leftOut }) };
}

const keptLines = ({ mayBeFreed, byRegistering }: HeldLines, station: string, judgedBy: string) => ({
  mayBeFreed,
  judgedBy,
  ...(byRegistering && { waitsForStation: station }),
});

const newlyHeld = (receipt: Receipt, knownAt: number) => ({
  held: receipt.receipt,
  version: 1,
  node: nodeOf(receipt.receipt),
  receipt: receipt.receipt,
  path: receipt.path,
  way: receipt.way,
  account: receipt.account,
  state: 'held' as const,
  knownAt: toInstant(knownAt),
  cause: rootOf(receipt),
  root: rootOf(receipt),
});

const placeOf = ({ from, sha256, blob }: Receipt, cell: string, time: number): Place => ({
  cell,
  time,
  from,
  sha256,
  blob,
});

function heldOutputs(held: FileHeld, place: Place): readonly Output[] {
  const document: HeldDocument = { ...held, ...place };
  return [
    {
      kind: 'row',
      topic: topics.intakeHeld,
      type: 'FileHeld',
      series: 'held',
      time: place.time,
      version: held.version,
      knownAt: Date.parse(held.knownAt),
      data: held,
    },
    documentOutput(document),
  ];
}

const documentOutput = (document: HeldDocument): Output => ({
  kind: 'document',
  collection: HELD_DOCUMENTS,
  documentKey: document.held,
  document,
});
