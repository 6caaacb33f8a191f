import { commandHandler } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { ServiceDefinition } from '@quantrac/service';
import { type IncidentEvent, incident, type TellEpisode } from '../domain/incident.ts';
import { type JoinRule, type TakeOutage, takenOutages } from '../domain/outage-waves.ts';
import { INCIDENT, OUTAGES } from '../processors/incident-opener.ts';
import { appendOptions } from './append-options.ts';
import { foldedStreams } from './folded-streams.ts';

/** What episodes lead to. Outages are kept by day: `outage-teller` puts them together and tells their incidents. */
export function toldIncidents(events: EventStore, rule: JoinRule): NonNullable<ServiceDefinition['aggregates']> {
  const handleIncident = commandHandler(incident, events.streams<IncidentEvent>());
  const days = foldedStreams(takenOutages(rule), events);
  return {
    [INCIDENT]: async (streamId, command, context) => {
      await handleIncident(
        streamId,
        { ...(command as TellEpisode), at: toInstant(context.at) },
        appendOptions(context),
      );
    },
    [OUTAGES]: async (streamId, command, context) => {
      const outage = { ...(command as TakeOutage), at: toInstant(context.at) };
      await days.handle(streamId, [outage], appendOptions(context));
    },
  };
}
