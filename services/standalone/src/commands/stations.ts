import { readFileSync, writeFileSync } from 'node:fs';
import type { StationRecorded } from '@quantrac/contracts';
import type { StationsImported } from '@quantrac/contracts/commands/station-registry';
import { asking, operator } from '../asker.ts';

/** Imports a CSV file; true when it had no fault. */
export async function importStations(data: string, file: string, { dryRun }: { dryRun: boolean }): Promise<boolean> {
  const csv = readFileSync(file, 'utf8');
  const done = await asking(data, 'station-registry', (registry) =>
    registry.handle<StationsImported>('ImportStations', { csv, dryRun }, operator()),
  );
  for (const { line, column, message } of done.faults) process.stdout.write(`line ${line}, ${column}: ${message}\n`);
  const verb = dryRun ? 'would be ' : '';
  process.stdout.write(
    `${done.registered.length} ${verb}registered, ${done.changed.length} ${verb}changed, ${done.unchanged.length} unchanged, ${done.faults.length} faults\n`,
  );
  return done.faults.length === 0;
}

/** Writes all stations as CSV, to a file or to the screen. */
export async function exportStations(data: string, file: string | undefined, separator: ';' | ','): Promise<void> {
  const rows = await asking(data, 'station-registry', (registry) =>
    registry.query<{ text: string }>('exportStations', { separator }),
  );
  const csv = rows.map(({ text }) => text).join('');
  if (file) writeFileSync(file, csv);
  else process.stdout.write(csv);
}

/** What is added to the stamps of a station's files that arrive from an instant on; `from` null: of all its files. */
export interface AskedClock {
  readonly from: string | null;
  readonly offsetMs: number;
  readonly reason: string;
}

/** Corrects the clock of a station's logger, and shows all corrections that it has then. */
export const correctClock = (data: string, station: string, asked: AskedClock): Promise<void> =>
  asking(data, 'station-registry', async (registry) => {
    await registry.handle('CorrectClock', { station, ...asked }, operator());
    const [record] = await registry.query<StationRecorded>('stations', { station });
    const corrections = record?.clockCorrections ?? [];
    for (const { from, offsetMs } of corrections)
      process.stdout.write(`${station}, files that arrive from ${from ?? 'ever'} on: ${offsetMs / 1000} s are added\n`);
    if (corrections.length === 0) process.stdout.write(`${station}: its clock was always right\n`);
  });
