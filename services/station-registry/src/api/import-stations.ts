import type { StationsImported } from '@quantrac/contracts/commands/station-registry';
import { isFault } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';
import { readStationCsv } from '../domain/station-csv.ts';
import { planImport, type StationPlan } from '../domain/station-import.ts';
import type { RegistryView } from '../read-models/registry.ts';
import { idFrom } from './append-options.ts';
import type { StationChanges } from './station-changes.ts';

interface Importer {
  readonly node: string;
  readonly view: RegistryView;
  readonly stations: StationChanges;
}

/** Ids of new stations are made of their cells: the same file again, or after a crash, finds the stations it made. */
export const importStations =
  ({ node, view, stations }: Importer) =>
  async ({ csv, dryRun }: { csv: string; dryRun: boolean }, context: CommandContext): Promise<StationsImported> => {
    const file = readStationCsv(csv);
    const registry = await view.current();
    const known = {
      stations: new Map([...registry.stations].map(([id, { state }]) => [id, state])),
      claims: registry.claims,
    };
    const { plans, faults } = planImport(file, known, {
      node,
      at: toInstant(context.at),
      newId: (seed) => idFrom('s', seed),
      isAccount: (account) => registry.accounts.has(account),
    });
    const imported: StationsImported = { faults: [...faults], registered: [], changed: [], unchanged: [] };
    for (const plan of plans) {
      const fault = dryRun ? undefined : await carryOut(plan, stations, context);
      if (fault) imported.faults.push({ line: plan.line, column: 'station', message: fault });
      else imported[plan.outcome].push(plan.station);
    }
    return imported;
  };

/** Why the station refused, if somebody changed it since the plan. */
const carryOut = async (
  { station, names, changes, outcome }: StationPlan,
  stations: StationChanges,
  context: CommandContext,
): Promise<string | undefined> => {
  if (outcome === 'unchanged') return undefined;
  try {
    await stations.apply(station, { names, changes }, { ...context, commandId: `${context.commandId}/${station}` });
    return undefined;
  } catch (error) {
    if (!isFault(error) || error.kind === 'unavailable') throw error;
    return error.message;
  }
};
