import { hash } from 'node:crypto';
import type {
  FileHeld,
  IntakeAdvanced,
  ObservationSetReceived,
  StationRecorded,
  TopicDeclaration,
} from '@quantrac/contracts';
import { topics } from '@quantrac/contracts';
import { driveProcessor } from '@quantrac/testing/drive-processor';
import { cadenceAt, isDue, mayHaveHole, reach } from '../domain/advance.ts';
import { HELD_DOCUMENTS, type HeldDocument, type HeldSettled } from '../domain/held-file.ts';
import { type ClockAdvanced, type FileUnplaced, intake } from '../domain/intake.ts';
import type { IntakeState } from '../domain/intake-state.ts';
import { RECEIPTS, type Receipt } from '../domain/receipt.ts';
import type { StationDirectory } from '../domain/station-directory.ts';
import { matchStation } from '../domain/station-directory.ts';
import { fileOf, nameOf } from '../intake/read-file.ts';
import { aStation, MINUTE_MS } from './records.ts';

export interface TestFile {
  readonly path: string;
  readonly text: string;
  /** When it arrives, ms. */
  readonly at: number;
}

const arrivals: TopicDeclaration = { ...topics.intakeHeld, name: 'arrivals' };
const options = { aheadMs: 10 * MINUTE_MS, missingCodes: ['-999'] };

/** One station's intake as the step runs it, in memory: files, looks at the clock and releases go in by its cell. */
export function stationIntake(first: StationRecorded = aStation()) {
  const driven = driveProcessor({ ...intake, inputs: [arrivals] });
  const { station } = first;
  let record = first;
  let number = 0;
  const feed = (type: string, key: string, data: unknown) => driven.take({ topic: arrivals, type, key, data });
  const receiptOf = ({ path, text, at }: TestFile): Receipt => {
    const sha256 = hash('sha256', text);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const way = { way: 'http', account: null, from: 'here' } as const;
    return { receipt: `n1/${++number}`, ...way, path, name, sha256, blob: `b-${sha256}`, bytes: text.length, at };
  };
  const named = (path: string) => {
    const name = nameOf({ path, account: undefined });
    if ('outcome' in name) throw new Error(name.advice);
    return name;
  };
  return {
    station,
    driven,
    register(changed: Partial<StationRecorded>) {
      record = { ...record, ...changed, version: record.version + 1 };
    },
    send: (file: TestFile) =>
      feed('FileArrived', station, fileOf(receiptOf(file), Buffer.from(file.text), record, named(file.path), options)),
    sendUnknown(file: TestFile, directory: StationDirectory, known = false) {
      const { origin } = named(file.path);
      const why = matchStation(origin, directory);
      if (!('held' in why)) throw new Error(`${file.path} is known`);
      const receipt = receiptOf(file);
      const data: FileUnplaced = { receipt, origin, why, known, same: `${receipt.sha256} ${receipt.path}` };
      return feed('FileUnplaced', 'n1', data);
    },
    /** Takes a held file in again, as the releases do. */
    release(document: HeldDocument, text: string, at: number) {
      const receipt: Receipt = {
        ...receiptOf({ path: document.path, text, at: document.time }),
        receipt: document.held,
      };
      const file = fileOf(receipt, Buffer.from(text), record, named(document.path), options, document.mayBeFreed);
      feed('FileArrived', station, { ...file, receipt: { ...receipt, at }, released: true });
      const left = file.held.described.length > 0 && { lines: file.held, station, judgedBy: file.judgedBy! };
      const settled: HeldSettled = {
        document,
        state: 'released',
        at,
        cause: `station:${station}/2`,
        ...(left && { left }),
      };
      return feed('HeldSettled', document.cell, settled);
    },
    settle: (settled: HeldSettled) => feed('HeldSettled', settled.document.cell, settled),
    /** As the advancer does: only who may be due is asked. */
    look(at: number, who: 'may be due' | 'everybody' = 'may be due') {
      const cadence = cadenceAt(record, at)!;
      const state = driven.state(station);
      const reached = reach(at, cadence, 5 * MINUTE_MS);
      const mayBeDue = isDue(state, cadence, reached) || mayHaveHole(state, cadence, reached);
      if (who === 'may be due' && !mayBeDue) return [];
      const clock: ClockAdvanced = {
        at,
        cadence,
        graceMs: 5 * MINUTE_MS,
        openSince: 0,
        stationVersion: record.version,
      };
      return feed('ClockAdvanced', station, clock);
    },
    state: (): IntakeState => driven.state(station),
    sets: () => driven.rows<ObservationSetReceived>(topics.observationsReceived.name, station, 'set'),
    setVersions: () => driven.versions<ObservationSetReceived>(topics.observationsReceived.name, station, 'set'),
    advances: () =>
      driven.versions<IntakeAdvanced>(topics.observationsReceived.name, station, 'advance').map(({ data }) => data),
    held: (cell = station) => driven.rows<FileHeld>(topics.intakeHeld.name, cell, 'held').map(({ data }) => data),
    documents: () => [...driven.documents<HeldDocument>(HELD_DOCUMENTS).values()],
    receipts: (cell = station) =>
      driven.versions<Receipt & { outcome: string }>(RECEIPTS, cell).map(({ data }) => data),
  };
}
