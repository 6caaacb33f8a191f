import type { Medium } from '../parameter-catalogue.ts';
import { inForce, type Provenance } from '../provenance.ts';
import type { Day } from '../vietnam-time.ts';

export interface Standard {
  readonly code: string;
  readonly title: { readonly vi: string; readonly en: string };
  readonly medium: Medium;
  readonly provenance: Provenance;
}

const recordedOn = '2026-11-22';
const industrialWastewater = { vi: 'Nước thải công nghiệp', en: 'Industrial wastewater' };
const ambientAir = { vi: 'Chất lượng không khí xung quanh', en: 'Ambient air quality' };

/** The dates on which each may apply to somebody. */
export const standards: readonly Standard[] = [
  {
    code: 'QCVN 40:2011/BTNMT',
    title: industrialWastewater,
    medium: 'wastewater',
    provenance: {
      source: 'TT 47/2011/TT-BTNMT; transition of TT 06/2025/TT-BTNMT',
      mark: 'G',
      validFrom: '2012-02-15',
      validTo: '2031-12-31',
      recordedOn,
    },
  },
  {
    code: 'QCVN 40:2025/BTNMT',
    title: industrialWastewater,
    medium: 'wastewater',
    provenance: {
      source: 'TT 06/2025/TT-BTNMT of 28/02/2025',
      mark: 'C',
      validFrom: '2025-09-01',
      recordedOn,
      note: 'its table was not found: columns A, B, C by receiving water, no Kq or Kf, bands by flow',
    },
  },
  {
    code: 'QCVN 05:2013/BTNMT',
    title: ambientAir,
    medium: 'ambient-air',
    provenance: {
      source: 'TT 32/2013/TT-BTNMT',
      mark: 'G',
      validFrom: '2014-01-01',
      validTo: '2023-09-11',
      recordedOn,
    },
  },
  {
    code: 'QCVN 05:2023/BTNMT',
    title: ambientAir,
    medium: 'ambient-air',
    provenance: { source: 'TT 01/2023/TT-BTNMT of 13/03/2023', mark: 'C', validFrom: '2023-09-12', recordedOn },
  },
];

export const standardByCode = (code: string): Standard | undefined =>
  standards.find((standard) => standard.code === code);

/** Who may stay with QCVN 40:2011 beside QCVN 40:2025, and how long. */
export const wastewaterTransition = {
  /** A facility that operated or held a permit before this day may keep the old standard. */
  newFacilitiesFrom: '2025-09-01',
  oldStandardUntil: '2031-12-31',
  provenance: {
    source: 'TT 06/2025/TT-BTNMT, transition',
    mark: 'C',
    validFrom: '2025-09-01',
    recordedOn,
  },
} as const;

/** The standards that an industrial facility, operating or permitted since `since`, may be held to on `day`. */
export const industrialWastewaterStandards = (since: Day, day: Day, knownOn?: Day): readonly Standard[] =>
  inForce(standards, day, knownOn).filter(
    ({ code, medium }) =>
      medium === 'wastewater' && (code !== 'QCVN 40:2011/BTNMT' || since < wastewaterTransition.newFacilitiesFrom),
  );
