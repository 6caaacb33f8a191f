import { Fault } from '@quantrac/event-sourcing';
import type { Role, Token } from './token.ts';

/** What roles may give that do not administer the node; all of them may ask. */
const commandsOf: Partial<Record<Role, readonly string[]>> = {
  'industrial-zone-board': ['AcknowledgeIncident', 'CommentIncident'],
  enterprise: ['DeclarePeriod', 'WithdrawPeriod', 'CommentIncident'],
  contractor: ['CommentIncident'],
  system: [],
};

/** Who may log in, and who sends what nobody knows, is for those who administer. */
const queriesOfAdministrators: readonly string[] = ['tokens', 'accounts', 'exportStations', 'unknownSenders'];

/** Department, server operator and ministry may give all that their node has. */
export const administers = (role: Role): boolean => commandsOf[role] === undefined;

/** Throws the Fault `RoleForbids` when the role may not give the command. */
export function mayCommand({ role }: Token, command: string): void {
  if (!administers(role) && !commandsOf[role]?.includes(command)) throw forbidden(role, command);
}

/** Throws the Fault `RoleForbids` when the role may not ask the query. */
export function mayAsk({ role }: Token, query: string): void {
  if (!administers(role) && queriesOfAdministrators.includes(query)) throw forbidden(role, query);
}

/** Throws when the station is outside the token's scope: what lies there is answered as if it did not exist. */
export function mayTouch({ scope }: Token, station: unknown): void {
  if (scope !== null && !scope.some((own) => own === station))
    throw Fault.notFound('StationUnknown', 'the scope of this token has no such station');
}

/** Throws the Fault `ScopeForbids` for what is not about one station, which a token of some stations may not do. */
export function mayTouchAll({ scope }: Token, name: string): void {
  if (scope !== null)
    throw Fault.rejected('ScopeForbids', `${name} is about more than the stations in the scope of this token`);
}

/**
 * The station that a query is asked for: the one that is named, else the only one of the scope. Without it, limits and pages would
 * count rows that the token does not see.
 */
export function stationAsked(token: Token, named: string | undefined): string | undefined {
  const { scope } = token;
  if (named !== undefined) mayTouch(token, named);
  if (named !== undefined || scope === null || scope.length === 1) return named ?? scope?.[0];
  throw Fault.invalid('StationMissing', `name one station in the scope of this token: ${scope.join(', ')}`);
}

/** Rows inside the scope, by the stations that they name; those that name none are about `asked`. */
export function visible<Row>({ scope }: Token, rows: readonly Row[], asked?: string): readonly Row[] {
  if (scope === null) return rows;
  return rows.filter((row) => {
    const named = stationsOf(row) ?? [asked];
    return named.length > 0 && named.every((station) => scope.some((own) => own === station));
  });
}

/** `station: null` is what concerns several at once. */
function stationsOf(row: unknown): readonly unknown[] | undefined {
  const { station, stations } = row as { station?: unknown; stations?: unknown };
  if (station !== undefined) return [station];
  if (!Array.isArray(stations)) return undefined;
  return stations.map((each: unknown) => (each as { station?: unknown } | null)?.station ?? each);
}

const forbidden = (role: Role, name: string): Fault =>
  Fault.rejected('RoleForbids', `${name} is not for the role ${role}`);
