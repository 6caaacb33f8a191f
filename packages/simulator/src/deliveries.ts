import { writeBrokenFile } from './broken-file.ts';
import type { InjectedFault, Window } from './faults.ts';
import type { FleetStation, Way } from './fleet.ts';
import { folderFor } from './folder-layout.ts';
import { isBroken, plannedFiles } from './planned-files.ts';
import { readingsAt } from './readings.ts';
import { localStamp, writeStationFile } from './station-file.ts';

/** One upload of a logger. */
export interface Delivery {
  /** When the logger sends it, ms. */
  readonly at: number;
  readonly stationCode: string;
  readonly way: Way;
  /** Relative, with the folders of the station's layout. */
  readonly path: string;
  /** The logger writes `<name>.tmp` and renames it; else it writes under the last name at once. */
  readonly renames: boolean;
  readonly bytes: Uint8Array;
}

/** A station's deliveries in the order in which they leave, each made when it is taken. */
export function* deliveriesOf(
  station: FleetStation,
  faults: readonly InjectedFault[],
  window: Window,
): Generator<Delivery> {
  const { code, way, prefix, layout, format, renames } = station;
  for (const file of plannedFiles(station, faults, window)) {
    const readings = readingsAt(station, faults, file.time, file.why === 'correction');
    const stamp = localStamp(file.time);
    yield {
      at: file.at,
      stationCode: code,
      way,
      path: `${folderFor(layout, code, stamp)}/${prefix}_${stamp}.txt`,
      renames,
      bytes: isBroken(faults, file) ? writeBrokenFile(readings, format) : writeStationFile(readings, format),
    };
  }
}
