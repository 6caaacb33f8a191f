import type { IntakeAdvanced } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Decision, Message, OwnRows } from '@quantrac/stream-processing';
import { HOUR_MS } from '../domain/slots.ts';
import { type Cell, expecting } from './cell.ts';
import { hoursClosedBy } from './sight.ts';
import { passedOn, takeHours } from './take-hours.ts';

/** Closes the hours that intake has passed, then passes it on: who reads it finds everything before it checked. */
export function takeAdvance(
  before: Cell,
  { data, knownAt }: Message<IntakeAdvanced>,
  rows: OwnRows,
  percent: number,
): Decision<Cell> {
  const last = Math.floor(fromInstant(data.upTo)! / HOUR_MS);
  const cell = { ...expecting(before, last), expected: before.sending };
  const closed = hoursClosedBy(cell, data);
  if (closed) return takeHours(cell, { data: closed, knownAt }, rows, percent);
  const state = last > cell.closedHour ? { ...cell, closedHour: last } : cell;
  return { state, outputs: [passedOn(data, rows)] };
}
