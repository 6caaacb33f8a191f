import { Fault } from '@quantrac/event-sourcing';
import type { Token } from './token.ts';

/** Commands that roles may give beside reading; department, server operator and ministry may give all that their node has. */
const allowed: Partial<Record<Token['role'], readonly string[]>> = {
  'industrial-zone-board': ['AcknowledgeIncident', 'CommentIncident'],
  enterprise: ['DeclarePeriod', 'WithdrawPeriod', 'CommentIncident'],
  contractor: ['CommentIncident'],
  system: [],
};

/** Throws the Fault `rejected` when the token's role may not give the command, or not for this station. */
export function mayCommand({ role, scope }: Token, command: string, data: unknown): void {
  const commands = allowed[role];
  if (commands && !commands.includes(command))
    throw Fault.rejected('RoleForbids', `the role ${role} may not give ${command}`);
  if (scope === null) return;
  const station = (data as { station?: unknown }).station;
  if (typeof station !== 'string' || !scope.includes(station)) throw outside();
}

/** Throws when a query names a station outside the token's scope. */
export function mayAsk({ scope }: Token, args: unknown): void {
  const station = (args as { station?: unknown }).station;
  if (scope !== null && typeof station === 'string' && !scope.includes(station)) throw outside();
}

/** Rows that name a station are shown inside the scope alone; rows that name none are shown to whoever sees all. */
export function visible<Row>({ scope }: Token, rows: readonly Row[]): readonly Row[] {
  if (scope === null) return rows;
  return rows.filter((row) => scope.includes((row as { station?: string }).station ?? ''));
}

const outside = () => Fault.notFound('StationUnknown', 'no such station in the scope of this token');
