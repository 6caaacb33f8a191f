import type { IncidentRecorded } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';

/** `of`: its station, or empty where it is one of several. */
export type IncidentDocument = IncidentRecorded & { readonly of: string };

export const incidents: Collection<IncidentDocument> = {
  name: 'incidents',
  indexes: { openedAt: ['openedAt'], state: ['state', 'openedAt'], of: ['of', 'openedAt'] },
};
