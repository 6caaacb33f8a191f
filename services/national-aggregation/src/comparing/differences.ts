import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, hoursBetween, lasting, type Place, unequalPlaces } from '@quantrac/contracts/digest';
import { Fault } from '@quantrac/event-sourcing';
import type { NodeStream } from '../receiving/node-stream.ts';
import type { OpenStreams } from '../receiving/open-streams.ts';
import { type CopyContext, factsHeld, talliesHeld } from './facts-held.ts';

export interface ComparedRange {
  readonly node: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly station?: string | undefined;
}

/** A place that is not equal, and how many facts each side has there. */
type Unequal = Place & { readonly atNode: number; readonly here: number };

const PAUSE_MS = 1000;
const MOST_PLACES = 100_000;

/** Asks the node for its own digests and answers where they are not those of the national copy, at every of several readings. */
export async function differencesWith(
  { node, from = '', to = '', station = '' }: ComparedRange,
  streams: OpenStreams<NodeStream>,
  context: CopyContext,
): Promise<readonly Unequal[]> {
  const stream = streams.get(node);
  if (!stream) throw Fault.unavailable('NodeAway', `node ${node} is not connected: ask again when it is`);
  const hours = hoursBetween(from, to);
  const [atNode, here] = await Promise.all([
    stream.askDigests({ from, to, station, collection: '', byStation: true }),
    allOf(talliesHeld({ node, hours, station: station || undefined }, context)),
  ]);
  const read = async ({ station, collection }: Place): Promise<readonly Unequal[]> => {
    const theirs = await stream.askDigests({ from, to, station, collection, byStation: false });
    return unequal((await factsHeld({ node, hours, station, collection }, context)).digests(), theirs);
  };
  const pause = () => sleep(PAUSE_MS);
  return lasting(unequalPlaces(here, atNode), { read, nameOf, pause, limit: MOST_PLACES });
}

async function allOf(parts: AsyncIterable<readonly Digest[]>): Promise<readonly Digest[]> {
  const all: Digest[] = [];
  for await (const part of parts) all.push(...part);
  return all;
}

function unequal(here: readonly Digest[], atNode: readonly Digest[]): readonly Unequal[] {
  const [ours, theirs] = [here, atNode].map((all) => new Map(all.map((digest) => [nameOf(digest), digest.facts])));
  return unequalPlaces(here, atNode).map((place) => ({
    ...place,
    atNode: theirs!.get(nameOf(place)) ?? 0,
    here: ours!.get(nameOf(place)) ?? 0,
  }));
}

const nameOf = ({ station, hour, collection }: Place): string => JSON.stringify([station, hour, collection]);
