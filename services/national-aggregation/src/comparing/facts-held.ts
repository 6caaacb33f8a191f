import { type Digest, type Fact, type Gathered, gather, tally } from '@quantrac/contracts/digest';
import { Fault } from '@quantrac/event-sourcing';
import type { TimeSeries } from '@quantrac/time-series';
import type { Applier } from '../applying/applier.ts';
import type { NodeBook } from '../nodes/node-book.ts';
import { type FactsOptions, nationalFacts } from './national-facts.ts';

export interface CopyContext {
  readonly series: TimeSeries;
  readonly book: NodeBook;
  readonly applier: Applier;
  /** Resolves when book and applier know what is stored. */
  readonly ready: () => Promise<void>;
}

/** What the national copy holds of a node, once all that is stored is applied. */
async function* held(
  options: FactsOptions,
  { book, applier, series, ready }: CopyContext,
): AsyncIterable<readonly Fact[]> {
  await ready();
  const { node } = options;
  if (!book.get(node)) throw Fault.notFound('NodeUnknown', `node ${node} is not enrolled`);
  await applier.settled(node);
  yield* nationalFacts(series, options);
}

/** By hour. */
export async function factsHeld(options: FactsOptions, context: CopyContext): Promise<Gathered> {
  const gathered = gather();
  for await (const facts of held(options, context)) for (const fact of facts) gathered.add(fact);
  return gathered;
}

/** In one digest a station and topic, each as soon as it is made. */
export async function* talliesHeld(options: FactsOptions, context: CopyContext): AsyncIterable<readonly Digest[]> {
  let tallied = tally();
  let last = '';
  for await (const facts of held(options, context))
    for (const fact of facts) {
      const name = `${fact.place.collection}\n${fact.place.station}`;
      if (name !== last) {
        yield tallied.digests();
        tallied = tally();
        last = name;
      }
      tallied.add(fact);
    }
  yield tallied.digests();
}
