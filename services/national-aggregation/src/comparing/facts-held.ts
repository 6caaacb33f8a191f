import type { Gathered, Hours } from '@quantrac/contracts/digest';
import { Fault } from '@quantrac/event-sourcing';
import type { TimeSeries } from '@quantrac/time-series';
import type { Applier } from '../applying/applier.ts';
import type { NodeBook } from '../nodes/node-book.ts';
import { nationalFacts } from './national-facts.ts';

export interface CopyContext {
  readonly series: TimeSeries;
  readonly book: NodeBook;
  readonly applier: Applier;
  /** Resolves when book and applier know what is stored. */
  readonly ready: () => Promise<void>;
}

/** What the national copy holds of a node, once all that is stored is applied. */
export async function factsHeld(
  node: string,
  hours: Hours,
  station: string | undefined,
  { book, applier, series, ready }: CopyContext,
  collection?: string,
): Promise<Gathered> {
  await ready();
  if (!book.get(node)) throw Fault.notFound('NodeUnknown', `node ${node} is not enrolled`);
  await applier.settled(node);
  return nationalFacts(series, { node, hours, station, collection });
}
