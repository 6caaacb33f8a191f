import { topics } from '@quantrac/contracts';
import type { Running, ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
import { incidentCommands } from './api/commands.ts';
import { alertingQueries } from './api/queries.ts';
import { toldIncidents } from './api/told-incidents.ts';
import type { AlertingSettings } from './config.ts';
import { runMailer } from './notify/run-mailer.ts';
import { smtpSender } from './notify/smtp.ts';
import { episodesProcessor } from './processors/episodes.ts';
import { incidentNotes } from './processors/incident-notes.ts';
import { incidentOpener } from './processors/incident-opener.ts';
import { incidentsRelay } from './processors/incidents-relay.ts';

/** Episodes derived from the data, incidents that people handle, mail to those who should know. */
export const alertingService = (
  stores: Pick<Stores, 'events' | 'series' | 'documents'>,
  settings: AlertingSettings,
  surroundings: Pick<Surroundings, 'node' | 'log' | 'clock'>,
): ServiceDefinition => ({
  name: 'alerting',
  topics: [topics.episodes, topics.incidents],
  processors: [episodesProcessor(settings), incidentOpener, incidentNotes(settings.notificationExpiresMs)],
  relays: [incidentsRelay],
  aggregates: toldIncidents(stores.events, settings),
  commands: incidentCommands(stores.events),
  queries: alertingQueries(stores, surroundings.clock),
  run: settings.smtpHost === undefined ? [] : [async () => startMailer(stores, settings, surroundings)],
});

function startMailer(
  { documents }: Pick<Stores, 'documents'>,
  settings: AlertingSettings,
  { node, log, clock }: Pick<Surroundings, 'node' | 'log' | 'clock'>,
): Running {
  return runMailer({
    documents,
    send: smtpSender(settings),
    clock,
    node,
    digestAfterMs: settings.digestAfterMs,
    digestReachMs: settings.digestReachMs,
    onFailure: (error) => log.warn({ error }, 'a mail could not be sent and is tried again'),
  });
}
