import { topics } from '@quantrac/contracts';
import { type Running, runRounds, type ServiceDefinition, type Stores, type Surroundings } from '@quantrac/service';
import { incidentCommands } from './api/commands.ts';
import { alertingQueries } from './api/queries.ts';
import { toldIncidents } from './api/told-incidents.ts';
import type { AlertingSettings } from './config.ts';
import { mailer } from './notify/mailer.ts';
import { outageTeller } from './notify/outage-teller.ts';
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
  topics: [topics.episodes, topics.incidents, topics.rederivations],
  processors: [episodesProcessor(settings), incidentOpener, incidentNotes(settings.notificationExpiresMs)],
  relays: [incidentsRelay],
  aggregates: toldIncidents(stores.events, settings),
  commands: incidentCommands(stores.events),
  queries: alertingQueries(stores, surroundings.clock),
  runAlone: [
    async () => startTeller(stores, settings, surroundings),
    ...(settings.smtpHost === undefined ? [] : [async () => startMailer(stores, settings, surroundings)]),
  ],
});

const TELL_EVERY_MS = 100;
const MAIL_EVERY_MS = 5000;

function startTeller(
  stores: Pick<Stores, 'events' | 'documents'>,
  settings: AlertingSettings,
  { log }: Pick<Surroundings, 'log'>,
): Running {
  const round = outageTeller(stores, settings);
  const untilAllIsTold = async () => {
    while (await round());
  };
  const onFailure = (error: unknown) => log.warn({ error }, 'outages could not be told and are tried again');
  return runRounds({ round: untilAllIsTold, everyMs: TELL_EVERY_MS, onFailure });
}

function startMailer(
  { documents }: Pick<Stores, 'documents'>,
  settings: AlertingSettings,
  { node, log, clock }: Pick<Surroundings, 'node' | 'log' | 'clock'>,
): Running {
  const onFailure = (error: unknown) => log.warn({ error }, 'a mail could not be sent and is tried again');
  const { digestAfterMs, digestReachMs } = settings;
  const send = smtpSender(settings);
  const round = mailer({ documents, send, clock, node, digestAfterMs, digestReachMs, onFailure });
  return runRounds({ round, everyMs: MAIL_EVERY_MS, onFailure });
}
