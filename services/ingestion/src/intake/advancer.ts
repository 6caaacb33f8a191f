import type { StationRecorded } from '@quantrac/contracts';
import { cadenceOf, isDue, reach } from '../domain/advance.ts';
import type { ClockAdvanced, IntakeState } from '../domain/intake.ts';
import type { Entry } from './take-in.ts';

export interface AdvancerOptions {
  readonly stations: () => readonly StationRecorded[];
  readonly take: (entry: Entry) => Promise<unknown>;
  readonly graceMs: number;
  /** Since when this node has been receiving without a break, ms. */
  readonly openSince: number;
}

export interface Advancer {
  /** What a file did to its station, so that a look at the clock needs no store. */
  progressed(station: string, state: IntakeState): void;
  /** Tells the intake of every station that is due at this moment. */
  tick(at: number): Promise<void>;
}

/** Watches the clock for all stations: whoever is due hears of it through its cell. */
export function advancer({ stations, take, graceMs, openSince }: AdvancerOptions): Advancer {
  const progress = new Map<string, IntakeState>();
  return {
    progressed: (station, state) => void progress.set(station, state),
    async tick(at) {
      const due = stations().flatMap((record) => {
        const cadence = cadenceOf(record);
        if (!cadence) return [];
        const known = progress.get(record.station);
        if (known && !isDue(known, reach(at, cadence, graceMs))) return [];
        const clock: ClockAdvanced = { at, cadence, graceMs, openSince, stationVersion: record.version };
        return [{ key: record.station, type: 'ClockAdvanced', data: clock }];
      });
      await Promise.all(
        due.map(async (entry) => {
          const state = (await take(entry)) as IntakeState;
          progress.set(entry.key, state);
        }),
      );
    },
  };
}
