import { hash } from 'node:crypto';
import { blobRef } from '@quantrac/blob-store';
import { Fault } from '@quantrac/event-sourcing';
import type { Answer, Arrival } from '../arrivals/arrival.ts';
import { comparedName } from '../domain/file-name.ts';
import type { FileUnplaced } from '../domain/intake.ts';
import type { FileAnswer, IntakeState } from '../domain/intake-state.ts';
import type { Receipt } from '../domain/receipt.ts';
import { matchStation, type StationDirectory } from '../domain/station-directory.ts';
import { fileOf, nameOf, type ReadOptions } from './read-file.ts';
import { type TakeFileOptions, takeFile } from './take-file.ts';

export interface ReceiveOptions extends ReadOptions, TakeFileOptions {
  readonly node: string;
  readonly directory: () => StationDirectory;
  readonly number: () => Promise<number>;
  /** Whether a file of this account, name and bytes is held without a station, or was. */
  readonly isHeld: (same: string) => Promise<boolean>;
  readonly clock: () => number;
  /** Told the station's progress after each file. */
  readonly progressed: (station: string, state: IntakeState) => void;
  /** A file was held by a register that has changed meanwhile. */
  readonly heldMeanwhile: (held: string) => void;
}

/** What becomes of a file that arrived whole: stored, matched, read, placed and taken in; durable when it resolves. */
export async function receive(arrival: Arrival, options: ReceiveOptions): Promise<Answer> {
  const named = nameOf(arrival);
  if ('outcome' in named) return named;
  const directory = options.directory();
  const matched = matchStation(named.origin, directory);
  const at = options.clock();
  const receipt = receiptOf(arrival, `${options.node}/${await options.number()}`, at);
  const blob = { bytes: arrival.bytes, storedAt: at };
  if ('held' in matched) {
    const identity = JSON.stringify([receipt.sha256, receipt.account, comparedName(receipt.path)]);
    const same = hash('sha256', identity, 'base64').slice(0, 22);
    const known = await options.isHeld(same);
    const unplaced: FileUnplaced = { receipt, origin: named.origin, why: matched, known, same };
    const answer = await options.take<FileAnswer>({ key: options.node, type: 'FileUnplaced', data: unplaced, blob });
    if (options.directory() !== directory) options.heldMeanwhile(receipt.receipt);
    return answered(answer);
  }
  const { station: record } = matched;
  const file = fileOf(receipt, arrival.bytes, record, named, options);
  const answer = await takeFile(file, options, blob);
  options.progressed(record.station, answer.state);
  if (answer.outcome === 'held' && options.directory() !== directory) options.heldMeanwhile(receipt.receipt);
  return answered(answer);
}

function receiptOf({ way, account, from, path, bytes }: Arrival, receipt: string, at: number): Receipt {
  const sha256 = hash('sha256', bytes);
  return {
    receipt,
    way,
    account: account ?? null,
    from,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    sha256,
    blob: blobRef(sha256, at),
    bytes: bytes.length,
    at,
  };
}

function answered({ outcome, receipt, reason, advice }: FileAnswer): Answer {
  if (outcome !== 'held') return { outcome, receipt };
  if (reason === undefined || advice === undefined)
    throw Fault.unavailable('NoAnswer', 'the file was not taken in: send it again');
  return { outcome, receipt, reason, advice };
}
