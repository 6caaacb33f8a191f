import { type Digest, hoursBetween, unequalPlaces } from '@quantrac/contracts/digest';
import { Fault } from '@quantrac/event-sourcing';
import type { NodeStream } from '../receiving/node-stream.ts';
import type { OpenStreams } from '../receiving/open-streams.ts';
import { type CopyContext, factsHeld } from './facts-held.ts';

export interface ComparedRange {
  readonly node: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly station?: string | undefined;
}

/** Asks the node for its own digests and answers where they are not those of the national copy. */
export async function differencesWith(
  { node, from = '', to = '', station = '' }: ComparedRange,
  streams: OpenStreams<NodeStream>,
  context: CopyContext,
) {
  const stream = streams.get(node);
  if (!stream) throw Fault.unavailable('NodeAway', `node ${node} is not connected: ask again when it is`);
  const atNode = await stream.askDigests({ from, to, station });
  const here = (await factsHeld(node, hoursBetween(from, to), station || undefined, context)).digests();
  const [ours, theirs] = [here, atNode].map(countsByPlace);
  return unequalPlaces(here, atNode).map((place) => ({
    ...place,
    atNode: theirs!.get(JSON.stringify(place)) ?? 0,
    here: ours!.get(JSON.stringify(place)) ?? 0,
  }));
}

const countsByPlace = (digests: readonly Digest[]): ReadonlyMap<string, number> =>
  new Map(
    digests.map(({ station, hour, collection, facts }) => [JSON.stringify({ station, hour, collection }), facts]),
  );
