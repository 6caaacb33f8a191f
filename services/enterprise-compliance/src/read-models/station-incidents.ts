import type { IncidentRecorded } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';

export interface StationIncident {
  readonly station: string;
  readonly incident: string;
  readonly rule: IncidentRecorded['rule'];
  readonly openedAt: string;
  /** null: it is still open. */
  readonly resolvedAt: string | null;
  readonly remedy: string | null;
}

export const stationIncidents: Collection<StationIncident> = {
  name: 'station-incidents',
  indexes: { byStation: ['station', 'openedAt'] },
};
