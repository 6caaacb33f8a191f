import type { Claims } from './claims.ts';
import { readChannels } from './import-channels.ts';
import { groupsOf, type RowGroup } from './import-group.ts';
import { type ImportTerms, readStation, stationOf } from './import-station.ts';
import { type Outcome, tryOut } from './import-trial.ts';
import type { Station } from './station.ts';
import type { ImportFault, ReadFile } from './station-csv.ts';

/** What the registry knows before the import. */
export interface KnownToImport {
  readonly stations: ReadonlyMap<string, Station>;
  readonly claims: Claims;
}

/** What a file asks of one station; applied together, or not at all. */
export interface StationPlan extends Outcome {
  readonly station: string;
  readonly line: number;
}

/**
 * What importing a file would do, with every fault of every station; a station with a fault has no plan, and a file whose
 * cells cannot be told apart has none at all. An import adds and changes: what the file leaves out stays.
 */
export const planImport = (
  { rows, faults: unreadable, whole }: ReadFile,
  { stations, claims }: KnownToImport,
  terms: ImportTerms,
): { readonly plans: readonly StationPlan[]; readonly faults: readonly ImportFault[] } => {
  const { groups, faults: ungrouped } = groupsOf(rows);
  const plans: StationPlan[] = [];
  const faults = [...unreadable, ...ungrouped];
  let claimed = claims;
  for (const group of groups) {
    const planned = planStation(group, { stations, claims: claimed }, terms);
    faults.push(...planned.faults);
    if (planned.plan === undefined) continue;
    claimed = planned.claims;
    plans.push(planned.plan);
  }
  return { plans: whole ? plans : [], faults: faults.sort((a, b) => a.line - b.line) };
};

const planStation = (group: RowGroup, { stations, claims }: KnownToImport, terms: ImportTerms) => {
  const { line } = group.first;
  const { station, fault } = stationOf(group, claims, terms);
  const trial = tryOut(station, stations.get(station), claims, terms.at);
  if (fault) trial.fault(line, 'station', fault);
  else readStation(group, station, terms, trial);
  readChannels(group, trial, terms.at);
  const plan: StationPlan | undefined =
    group.faulty || trial.faults.length > 0 ? undefined : { station, line, ...trial.outcome() };
  return { plan, faults: trial.faults, claims: trial.claims() };
};
