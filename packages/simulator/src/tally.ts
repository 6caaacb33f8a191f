import { brokenChannels } from './broken-file.ts';
import type { InjectedFault, Window } from './faults.ts';
import type { FleetStation } from './fleet.ts';
import { isBroken, type PlannedFile, plannedFiles } from './planned-files.ts';
import { readingsAt } from './readings.ts';
import type { FileReading } from './station-file.ts';

/** What a node that lost nothing has received in the end. */
export interface Tally {
  readonly files: Readonly<typeof noFiles>;
  /** Of registered stations. */
  readonly readings: Readonly<typeof noReadings>;
  /** Lines of registered stations that cannot be placed. */
  readonly heldLines: number;
}

const noFiles = {
  sent: 0,
  ftp: 0,
  http: 0,
  folder: 0,
  backFilled: 0,
  repeated: 0,
  corrected: 0,
  broken: 0,
  fromUnknownStations: 0,
};

const noReadings = {
  /** Lines that can be placed, as often as they were sent. */
  sent: 0,
  /** By station, channel and time. */
  distinct: 0,
  /** Distinct ones whose value a later file changed. */
  corrected: 0,
  /** Distinct ones by what they say at last; a missing one says -999, under any status. */
  missing: 0,
  calibration: 0,
  deviceError: 0,
};

/** Counts without writing a file; only stations with faults are looked at reading by reading. */
export function tallyOf(
  stations: readonly FleetStation[],
  strangers: readonly FleetStation[],
  faultsOf: (station: FleetStation) => readonly InjectedFault[],
  window: Window,
): Tally {
  const files = { ...noFiles, fromUnknownStations: strangers.length * window.slots };
  const counts = { ...noReadings, heldLines: 0 };
  for (const station of [...stations, ...strangers]) {
    const faults = faultsOf(station);
    const sent = faults.length === 0 ? window.slots : countFiles(station, faults, window, files);
    files.sent += sent;
    files[station.way] += sent;
  }
  for (const station of stations) {
    const faults = faultsOf(station);
    const sound = faults.length === 0 ? station.channels.length * window.slots : 0;
    counts.sent += sound;
    counts.distinct += sound;
    if (faults.length > 0) countReadings(station, faults, window, counts);
  }
  const { heldLines, ...readings } = counts;
  return { files, readings, heldLines };
}

function countFiles(
  station: FleetStation,
  faults: readonly InjectedFault[],
  window: Window,
  files: typeof noFiles,
): number {
  let sent = 0;
  for (const file of plannedFiles(station, faults, window)) {
    sent++;
    if (file.why === 'back-fill') files.backFilled++;
    if (file.why === 'repeat') files.repeated++;
    if (file.why === 'correction') files.corrected++;
    if (isBroken(faults, file)) files.broken++;
  }
  return sent;
}

function countReadings(
  station: FleetStation,
  faults: readonly InjectedFault[],
  window: Window,
  counts: typeof noReadings & { heldLines: number },
): void {
  const last = new Map<string, FileReading>();
  for (const file of plannedFiles(station, faults, window)) {
    const said = readingsAt(station, faults, file.time, file.why === 'correction');
    const given = isBroken(faults, file) ? said.slice(0, -brokenChannels) : said;
    if (given !== said) counts.heldLines += brokenChannels + 1;
    for (const [channel, reading] of given.entries()) {
      if (!canBePlaced(reading, station.channels[channel]!.unit, file)) {
        counts.heldLines++;
        continue;
      }
      const slot = `${reading.symbol} ${reading.time}`;
      const before = last.get(slot);
      if (before && before.value !== reading.value) counts.corrected++;
      last.set(slot, reading);
      counts.sent++;
    }
  }
  counts.distinct += last.size;
  for (const { value, status } of last.values()) {
    if (value === '-999') counts.missing++;
    if (status === '01') counts.calibration++;
    if (status === '02') counts.deviceError++;
  }
}

const canBePlaced = ({ unit, time }: FileReading, usualUnit: string, file: PlannedFile): boolean =>
  unit === usualUnit && time === file.time;
