import { commandHandler, isFault } from '@quantrac/event-sourcing';
import type { EventStore } from '@quantrac/event-store';
import type { ServiceDefinition, Surroundings } from '@quantrac/service';
import { type StationEvent, station } from '../domain/station.ts';
import type { ApprovalCommand } from '../processors/approvals.ts';
import { appendOptions } from './append-options.ts';

type HandleCommand = NonNullable<ServiceDefinition['aggregates']>[string];

/** Records what directives say. One about a station that is not here is told to the operator and stops no other. */
export const recordApproval = (events: EventStore, log: Surroundings['log']): HandleCommand => {
  const handle = commandHandler(station, events.streams<StationEvent>());
  return async (streamId, asked, context) => {
    const command = asked as ApprovalCommand;
    try {
      await handle(streamId, command, appendOptions(context, `directive:${command.directive}`));
    } catch (error) {
      if (!isFault(error) || error.kind === 'unavailable' || error.kind === 'conflict') throw error;
      log.error({ streamId, directive: command.directive, error }, 'a directive could not be followed');
    }
  };
};
