import type { Medium } from '../parameter-catalogue.ts';
import { inForce, type Provenance } from '../provenance.ts';
import type { Day } from '../vietnam-time.ts';
import type { LimitBasis } from './limit.ts';

interface ComparisonRule {
  readonly media: readonly Medium[];
  readonly basis: LimitBasis;
  readonly provenance: Provenance;
}

/** What of automatic readings is compared with an emission limit, where the standard itself names no length. */
const comparisonRules: readonly ComparisonRule[] = [
  {
    media: ['wastewater', 'stack'],
    basis: 'reading',
    provenance: {
      source: 'emission standards are maximum permitted values of a sample',
      mark: 'G',
      validTo: '2022-01-09',
      recordedOn: '2026-11-22',
    },
  },
  {
    media: ['wastewater', 'stack'],
    basis: '24h',
    provenance: {
      source: 'NĐ 08/2022/NĐ-CP, Điều 97 and 98: the mean of 24 hours is compared',
      mark: 'G',
      validFrom: '2022-01-10',
      recordedOn: '2026-11-22',
    },
  },
];

export const comparisonRule = (medium: Medium, day: Day, knownOn?: Day): ComparisonRule | undefined =>
  inForce(comparisonRules, day, knownOn).find(({ media }) => media.includes(medium));
