import { type IncidentRecorded, topics } from '@quantrac/contracts';
import { fromInstant } from '@quantrac/regulations';
import type { DocumentOutput, Message, Processor } from '@quantrac/stream-processing';
import { type IncidentDocument, incidents } from '../read-models/incidents.ts';
import { type NotificationRequest, notificationRequests } from '../read-models/notifications.ts';

/** What people were last told of it; null: nothing. */
type Told = { readonly state: IncidentRecorded['state']; readonly live: boolean } | null;

/** Keeps incidents to be found, and asks for a mail when one is opened, is open again, or is live news after all. */
export const incidentNotes = (expiresMs: number): Processor<Told> => ({
  name: 'incident-notes',
  inputs: [topics.incidents],
  types: ['IncidentRecorded'],
  initial: null,
  documents: {
    [incidents.name]: incidents.indexes ?? {},
    [notificationRequests.name]: notificationRequests.indexes ?? {},
  },
  decide(told, message) {
    const { data } = message as Message<IncidentRecorded>;
    const live = !data.backfilled;
    const isNews = data.state === 'open' && (told === null || told.state === 'resolved' || (live && !told.live));
    const note: DocumentOutput = {
      kind: 'document',
      collection: incidents.name,
      documentKey: data.incident,
      document: { ...data, of: data.station ?? '' } satisfies IncidentDocument,
    };
    return { state: { state: data.state, live }, outputs: isNews ? [note, requested(data, told, expiresMs)] : [note] };
  },
});

function requested(data: IncidentRecorded, told: Told, expiresMs: number): DocumentOutput {
  const { incident, station, rule, openedAt, summary = '', backfilled = false, version, knownAt } = data;
  const reason = told === null ? 'opened' : `${told.state === 'resolved' ? 'reopened' : 'live'}-${version}`;
  const requestedAt = fromInstant(knownAt)!;
  const document: NotificationRequest = {
    notification: `${incident}-${reason}`,
    incident,
    reason,
    station,
    rule,
    summary,
    openedAt,
    live: !backfilled,
    requestedAt,
    expiresAt: requestedAt + expiresMs,
    waiting: backfilled ? 'digest' : 'alarm',
  };
  return { kind: 'document', collection: notificationRequests.name, documentKey: document.notification, document };
}
