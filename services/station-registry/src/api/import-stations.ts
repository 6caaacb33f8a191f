import type { StationsImported } from '@quantrac/contracts/commands/station-registry';
import { isFault } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import type { CommandContext } from '@quantrac/service';
import type { Claim } from '../domain/claims.ts';
import { type ReadFile, readStationCsv } from '../domain/station-csv.ts';
import { planImport, type StationPlan } from '../domain/station-import.ts';
import type { RegistryView } from '../read-models/registry.ts';
import { idFrom } from './ids.ts';
import type { StationChanges } from './station-changes.ts';

interface Importer {
  readonly node: string;
  readonly view: RegistryView;
  readonly stations: StationChanges;
}

const racesAllowed = 5;

/** Ids of new stations are made of their cells: the same file again, or after a crash, finds the stations it made. */
export const importStations = (importer: Importer) => {
  const plan = planner(importer);
  return async ({ csv, dryRun }: { csv: string; dryRun: boolean }, context: CommandContext) => {
    const file = readStationCsv(csv);
    for (let attempt = 1; ; attempt++) {
      const { plans, faults } = await plan(file, context);
      const imported: StationsImported = { faults: [...faults], registered: [], changed: [], unchanged: [] };
      const asked = plans.filter(({ outcome }) => outcome !== 'unchanged');
      try {
        const claimed = dryRun ? new Map() : await importer.stations.claim(asked, context);
        for (const each of plans) {
          const fault = dryRun ? undefined : await carryOut(each, claimed, importer.stations, context);
          if (fault) imported.faults.push({ line: each.line, column: 'station', message: fault });
          else imported[each.outcome].push(each.station);
        }
        return imported;
      } catch (error) {
        // somebody took a name since the plan: the next one tells whose line that is
        if (!isFault(error) || error.kind !== 'rejected' || attempt === racesAllowed) throw error;
      }
    }
  };
};

const planner =
  ({ node, view }: Importer) =>
  async (file: ReadFile, context: CommandContext) => {
    const { stations, claims, accounts } = await view.current();
    const states = new Map([...stations].map(([id, { state }]) => [id, state]));
    return planImport(
      file,
      { stations: states, claims },
      {
        node,
        at: toInstant(context.at),
        newId: (seed) => idFrom('s', seed),
        isAccount: (account) => accounts.has(account),
      },
    );
  };

/** Why the station refused, if somebody changed it since the plan. */
const carryOut = async (
  plan: StationPlan,
  claimed: ReadonlyMap<string, Claim>,
  stations: StationChanges,
  context: CommandContext,
): Promise<string | undefined> => {
  if (plan.outcome === 'unchanged') return undefined;
  const own = { ...context, commandId: `${context.commandId}/${plan.station}` };
  try {
    await stations.commit(plan, claimed.get(plan.station), own);
    return undefined;
  } catch (error) {
    if (!isFault(error) || error.kind === 'unavailable') throw error;
    return error.message;
  }
};
