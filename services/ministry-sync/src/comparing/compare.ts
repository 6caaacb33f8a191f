import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Difference,
  differencesAt,
  hoursBetween,
  lasting,
  type Place,
  unequalPlaces,
} from '@quantrac/contracts/digest';
import type { Ministry } from '../link/ministry.ts';
import { type NodeFactsOptions, nodeFacts, nodeTally } from './node-facts.ts';

export interface CompareRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly station?: string | undefined;
  /** So many differences are looked for at most. */
  readonly limit: number;
}

const PAUSE_MS = 1000;

/**
 * Every difference between this node and the national copy of it: first by station and topic, then the hours of those that are
 * not equal, then their facts. What comes meanwhile is none; what stays published and unacknowledged is.
 */
export async function compare(
  node: string,
  { from = '', to = '', station = '', limit }: CompareRange,
  ministry: Ministry,
  options: Pick<NodeFactsOptions, 'policy' | 'peer'>,
): Promise<readonly Difference[]> {
  const hours = hoursBetween(from, to);
  const [here, there] = await Promise.all([
    nodeTally({ ...options, hours, station: station || undefined }),
    ministry.digests({ node, from, to, station, collection: '', byStation: true }),
  ]);
  const read = async ({ station, collection }: Place): Promise<readonly Difference[]> => {
    const ours = await nodeFacts({ ...options, hours, station, collection });
    const theirs = await ministry.digests({ node, from, to, station, collection, byStation: false });
    const differences: Difference[] = [];
    for (const place of unequalPlaces(ours.digests(), theirs)) {
      if (differences.length >= limit) break;
      differences.push(...differencesAt(place, ours.lines(place), await ministry.facts(node, place)));
    }
    return differences;
  };
  const nameOf = (difference: Difference) => JSON.stringify(difference);
  return lasting(unequalPlaces(here.digests(), there), { read, nameOf, pause: () => sleep(PAUSE_MS), limit });
}
