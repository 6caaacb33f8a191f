import { commandHandler } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import type { ServiceDefinition } from '@quantrac/service';
import { type IncidentEvent, incident, type TellEpisode } from '../domain/incident.ts';
import {
  type JoinRule,
  type OutagesCommand,
  type OutagesEvent,
  outageWaves,
  tellings,
} from '../domain/outage-waves.ts';
import { INCIDENT, OUTAGES } from '../processors/incident-opener.ts';
import { incidentStream } from '../read-models/incident-record.ts';
import { appendOptions } from './append-options.ts';

/**
 * What episodes lead to. An outage is first put together with those that began with it, and the incidents are told after; a crash between
 * the two repeats the command, which finds the outage taken and tells the incidents again, to no effect where they know.
 */
export function toldIncidents(events: EventStore, rule: JoinRule): NonNullable<ServiceDefinition['aggregates']> {
  const handleIncident = commandHandler(incident, events.streams<IncidentEvent>());
  const handleOutages = commandHandler(outageWaves(rule), events.streams<OutagesEvent>());
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
      const { state } = await handleOutages(streamId, outage, appendOptions(context));
      for (const [index, { incident: id, command: told }] of tellings(state, outage.episode).entries())
        await handleIncident(
          incidentStream(id),
          { ...told, at: toInstant(context.at) },
          appendOptions({ ...context, commandId: `${context.commandId}/${index}` }),
        );
    },
  };
}
