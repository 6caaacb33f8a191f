import type { Channel, StationRecorded } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import { expectsSets } from './advance.ts';
import { type Excuse, excusesOf, isExcused } from './slots.ts';

interface Stage {
  /** ms */
  readonly from: number;
  readonly expects: boolean;
}

/** What of a station's channels is expected when, as `IntakeAdvanced` counts it. */
export interface Expectation {
  readonly stages: readonly Stage[];
  /** Before it nobody looked whether a station that was registered as running sent; ms. */
  readonly since: number;
  readonly excuses: readonly Excuse[];
}

/** `expectedSince`: of the station's cell; null while nothing is expected. */
export function expectationOf(record: StationRecorded, expectedSince: number | null): Expectation {
  const told = record.lifecycles ?? [{ from: null, lifecycle: record.lifecycle }];
  const stages = told.map(({ from, lifecycle }) => ({ from: startOf(from), expects: expectsSets.has(lifecycle) }));
  const always = stages.every(({ expects }) => expects);
  return { stages, since: always ? (expectedSince ?? -Infinity) : -Infinity, excuses: excusesOf(record) };
}

/** Whether a reading of the channel is expected in the slot that ends then. */
export function isExpected(
  { stages, since, excuses }: Expectation,
  { channel, settings }: Channel,
  end: number,
): boolean {
  if (end <= since || end <= startOf(settings[0]!.from)) return false;
  const stage = stages.findLast(({ from }) => from < end);
  return stage?.expects === true && !isExcused(excuses, channel, end);
}

const startOf = (from: string | null): number => (from === null ? -Infinity : fromInstant(from)!);
