import { isFault } from '@quantrac/event-sourcing';
import { type Claims, type ClaimsEvent, claims, type NamesChange } from './claims.ts';
import type { Instant } from './interval.ts';
import { type Station, type StationChange, type StationEvent, station } from './station.ts';
import type { Column, ImportFault } from './station-csv.ts';

export interface Outcome {
  readonly outcome: 'registered' | 'changed' | 'unchanged';
  readonly names: readonly NamesChange[];
  readonly changes: readonly StationChange[];
}

/** Changes made to a copy, one by one, with the faults that they meet. */
export interface Trial {
  /** Undefined: not registered so far. */
  readonly station: () => Station | undefined;
  readonly claims: () => Claims;
  readonly faults: readonly ImportFault[];
  fault(line: number, column: Column, message: string): void;
  change(line: number, column: Column, change: StationChange): void;
  name(line: number, column: Column, change: NamesChange): void;
  outcome(): Outcome;
}

export const tryOut = (id: string, before: Station | undefined, claimsBefore: Claims, at: Instant): Trial => {
  const [faults, names, changes]: [ImportFault[], NamesChange[], StationChange[]] = [[], [], []];
  let [reached, claimed] = [before, claimsBefore];
  const fault: Trial['fault'] = (line, column, message) => void faults.push({ line, column, message });
  const tried = <Event>(line: number, column: Column, decide: () => readonly Event[]): readonly Event[] => {
    try {
      return decide();
    } catch (error) {
      if (!isFault(error)) throw error;
      fault(line, column, error.message);
      return [];
    }
  };
  return {
    station: () => reached,
    claims: () => claimed,
    faults,
    fault,
    change(line, column, change) {
      const events = tried<StationEvent>(line, column, () => station.decide({ ...change, at }, reached));
      reached = events.reduce(station.evolve, reached);
      if (events.length > 0) changes.push(change);
    },
    name(line, column, change) {
      const events = tried<ClaimsEvent>(line, column, () => claims.decide({ ...change, station: id, at }, claimed));
      claimed = events.reduce(claims.evolve, claimed);
      if (events.length > 0) names.push(change);
    },
    outcome() {
      const same = names.length === 0 && changes.length === 0;
      return { outcome: same ? 'unchanged' : before ? 'changed' : 'registered', names, changes };
    },
  };
};
