import { commandHandler } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { ServiceDefinition } from '@quantrac/service';
import { type IncidentEvent, incident, type TellEpisode } from '../domain/incident.ts';
import { dayFor, type JoinRule, type OutagesCommand, outageWaves } from '../domain/outage-waves.ts';
import { INCIDENT, OUTAGES, outagesBeside } from '../processors/incident-opener.ts';
import { appendOptions } from './append-options.ts';
import { foldedStreams } from './folded-streams.ts';

/** What episodes lead to. An outage is first put together with those that began with it; `outage-teller` tells their incidents. */
export function toldIncidents(events: EventStore, rule: JoinRule): NonNullable<ServiceDefinition['aggregates']> {
  const handleIncident = commandHandler(incident, events.streams<IncidentEvent>());
  const days = foldedStreams(outageWaves(rule), events);
  return {
    [INCIDENT]: async (streamId, command, context) => {
      await handleIncident(
        streamId,
        { ...(command as TellEpisode), at: toInstant(context.at) },
        appendOptions(context),
      );
    },
    [OUTAGES]: async (streamId, command, context) => {
      const outage = command as OutagesCommand;
      const streams = [streamId, ...outagesBeside(streamId)];
      const known = await Promise.all(streams.map((stream) => days.state(stream)));
      await days.handle(streams[dayFor(outage, known, rule)]!, [outage], appendOptions(context));
    },
  };
}
