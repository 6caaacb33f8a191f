import type { StationRecorded } from '@quantrac/contracts';
import { cadenceAt, isDue, mayHaveHole, reach } from '../domain/advance.ts';
import type { ClockAdvanced } from '../domain/intake.ts';
import type { IntakeState } from '../domain/intake-state.ts';
import type { Entry } from './take-in.ts';

export interface AdvancerOptions {
  readonly stations: () => readonly StationRecorded[];
  readonly take: <Answer>(entry: Entry) => Promise<Answer>;
  readonly graceMs: number;
  readonly openSince: () => number;
}

export interface Advancer {
  /** What a file did to its station, so that a look at the clock needs no store. */
  progressed(station: string, state: IntakeState): void;
  /** Tells the intake of every station that is due at this moment. */
  tick(at: number): Promise<void>;
}

/** Watches the clock for all stations: whoever may be due hears of it through its cell, which decides. */
export function advancer({ stations, take, graceMs, openSince }: AdvancerOptions): Advancer {
  const progress = new Map<string, IntakeState>();
  const look = (record: StationRecorded, at: number): ClockAdvanced | undefined => {
    const cadence = cadenceAt(record, at);
    if (!cadence) return undefined;
    const known = progress.get(record.station);
    const reached = reach(at, cadence, graceMs);
    if (known && !isDue(known, cadence, reached) && !mayHaveHole(known, cadence, reached)) return undefined;
    return { at, cadence, graceMs, openSince: openSince(), stationVersion: record.version };
  };
  return {
    progressed: (station, state) => void progress.set(station, state),
    async tick(at) {
      const told = stations().map(async (record) => {
        const data = look(record, at);
        if (!data) return;
        progress.set(record.station, await take<IntakeState>({ key: record.station, type: 'ClockAdvanced', data }));
      });
      await Promise.all(told);
    },
  };
}
