import type { ReceivedReading } from '@quantrac/contracts';
import { canonicalUnit, compareDecimals } from '@quantrac/regulations';
import type { PlacedReading } from './place-lines.ts';

export interface Revision {
  readonly revision: number;
  /** By channel. */
  readonly readings: ReceivedReading[];
}

/**
 * A set after a receipt: it adds or supersedes the readings that it names and no others; equal number, unit and status change nothing.
 * `undefined`: nothing changed (DESIGN 7.1).
 */
export function revise(
  before: Revision | undefined,
  placed: readonly PlacedReading[],
  receipt: string,
  released?: 'only what no later receipt changed',
): Revision | undefined {
  const revision = (before?.revision ?? 0) + 1;
  const readings = before ? [...before.readings] : [];
  let changed = false;
  for (const reading of placed) {
    const index = before ? readings.findIndex(({ channel }) => channel === reading.channel) : -1;
    const there = readings[index];
    if (there && (same(there, reading) || (released && numberOf(there.receipt) > numberOf(receipt)))) continue;
    changed = true;
    if (there) readings[index] = received(reading, revision, receipt);
    else readings.push(received(reading, revision, receipt));
  }
  return changed ? { revision, readings: readings.sort(byChannel) } : undefined;
}

function received(
  { channel, value, qualifier, unit, status, aheadMs, clockOffsetMs }: PlacedReading,
  revision: number,
  receipt: string,
): ReceivedReading {
  const reading: ReceivedReading = { channel, value, unit, status, revision, receipt };
  if (qualifier !== undefined) reading.qualifier = qualifier;
  if (aheadMs !== undefined) reading.aheadMs = aheadMs;
  if (clockOffsetMs !== undefined) reading.clockOffsetMs = clockOffsetMs;
  return reading;
}

function same(a: ReceivedReading, b: PlacedReading): boolean {
  if (a.status !== b.status || a.qualifier !== b.qualifier || !sameUnit(a.unit, b.unit)) return false;
  if (a.value === null || b.value === null) return a.value === b.value;
  return a.value === b.value || compareDecimals(a.value, b.value) === 0;
}

/** Spellings of one unit are one. */
const sameUnit = (a: string, b: string): boolean => a === b || canonicalUnit(a) === canonicalUnit(b);

const numberOf = (receipt: string): number => Number(receipt.slice(receipt.lastIndexOf('/') + 1));

const byChannel = (a: ReceivedReading, b: ReceivedReading): number =>
  a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : 0;
