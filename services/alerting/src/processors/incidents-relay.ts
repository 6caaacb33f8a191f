import { topics } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { Relay } from '@quantrac/stream-processing';
import type { IncidentEvent } from '../domain/incident.ts';
import { incidentRecord, incidentStreams } from '../read-models/incident-record.ts';

/** An incident is keyed by its own id: it may come to concern several stations. */
export const incidentsRelay: Relay = {
  name: 'incidents',
  topic: topics.incidents,
  streamPrefix: incidentStreams,
  record({ streamId, events }) {
    const incident = streamId.slice(incidentStreams.length);
    const data = incidentRecord(incident, events as readonly IncidentEvent[]);
    return { key: incident, type: 'IncidentRecorded', knownAt: fromInstant(data.knownAt)!, data };
  },
};
