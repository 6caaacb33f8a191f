import { alertingCommands as schemas } from '@quantrac/contracts/commands/alerting';
import { commandHandler } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import { toInstant } from '@quantrac/regulations';
import { type CommandContext, type CommandHandler, command } from '@quantrac/service';
import { type IncidentCommand, type IncidentEvent, incident } from '../domain/incident.ts';
import { incidentStream } from '../read-models/incident-record.ts';
import { appendOptions } from './append-options.ts';

type PersonsCommand = Extract<IncidentCommand, { by: string }>;
type Asked<Command> = Command extends unknown ? Omit<Command, 'by' | 'at'> : never;

/** What people do with incidents. */
export function incidentCommands(events: EventStore): Readonly<Record<string, CommandHandler>> {
  const handle = commandHandler(incident, events.streams<IncidentEvent>());
  const change = async (id: string, asked: Asked<PersonsCommand>, context: CommandContext) => {
    const by = context.actor.account;
    const told = { ...asked, by, at: toInstant(context.at) } as PersonsCommand;
    const { version } = await handle(incidentStream(id), told, appendOptions(context));
    return { incident: id, version };
  };
  return {
    AcknowledgeIncident: command(schemas.AcknowledgeIncident, ({ incident: id }, context) =>
      change(id, { type: 'AcknowledgeIncident' }, context),
    ),
    AssignIncident: command(schemas.AssignIncident, ({ incident: id, to }, context) =>
      change(id, { type: 'AssignIncident', to }, context),
    ),
    CommentIncident: command(schemas.CommentIncident, ({ incident: id, text }, context) =>
      change(id, { type: 'CommentIncident', text }, context),
    ),
    ResolveIncident: command(schemas.ResolveIncident, ({ incident: id, resolution }, context) =>
      change(id, { type: 'ResolveIncident', resolution }, context),
    ),
  };
}
