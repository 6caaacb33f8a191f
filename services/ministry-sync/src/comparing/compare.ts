import { type Difference, differencesAt, hoursBetween, unequalPlaces } from '@quantrac/contracts/digest';
import type { Ministry } from '../link/ministry.ts';
import { type NodeFactsOptions, nodeFacts } from './node-facts.ts';

export interface CompareRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly station?: string | undefined;
}

/** Every difference between this node and the national copy of it; what is published and not acknowledged yet is one. */
export async function compare(
  node: string,
  { from = '', to = '', station = '' }: CompareRange,
  ministry: Ministry,
  options: Omit<NodeFactsOptions, 'hours' | 'station'>,
): Promise<readonly Difference[]> {
  const here = await nodeFacts({ ...options, hours: hoursBetween(from, to), station: station || undefined });
  const there = await ministry.digests({ node, from, to, station });
  const differences: Difference[] = [];
  for (const place of unequalPlaces(here.digests(), there))
    differences.push(...differencesAt(place, here.lines(place), await ministry.facts(node, place)));
  return differences;
}
