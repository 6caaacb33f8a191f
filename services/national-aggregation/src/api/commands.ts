import { topics } from '@quantrac/contracts';
import { nationalAggregationCommands as contract } from '@quantrac/contracts/commands/national-aggregation';
import { Fault } from '@quantrac/event-sourcing';
import { type CommandContext, type CommandHandler, command } from '@quantrac/service';
import type { TimeSeries } from '@quantrac/time-series';
import { collectionOf } from '../applying/row-of.ts';
import { directiveStream } from '../domain/directive-journal.ts';
import type { HandleDirective } from '../nodes/directives.ts';
import { type EnrolContext, enrol } from '../nodes/enrol.ts';

export interface CommandsContext extends EnrolContext {
  readonly ready: () => Promise<void>;
  readonly series: TimeSeries;
  readonly handleDirective: HandleDirective;
  /** Hands down what was issued, where the node is connected. */
  readonly onIssued: (node: string) => void;
}

export function commands(context: CommandsContext): Record<string, CommandHandler> {
  const { ready, book, series, handleDirective, onIssued } = context;
  return {
    EnrollNode: command(contract.EnrollNode, async ({ node }, by) => {
      await ready();
      await enrol(node, optionsOf(by), context);
      return { node };
    }),
    DecideStation: command(contract.DecideStation, async ({ node, station, state, reason }, by) => {
      await ready();
      if (!book.get(node)) throw Fault.notFound('NodeUnknown', `node ${node} is not enrolled`);
      const collection = collectionOf(topics.stations.name, node);
      const [known] = await series.latest([{ collection, key: station, series: 'record' }]);
      if (!known) throw Fault.notFound('StationUnknown', `node ${node} has sent no station ${station}`);
      const kind = state === 'approved' ? 'station-approved' : 'station-rejected';
      const knownAt = new Date(by.at).toISOString();
      const issue = { type: 'IssueDirective', node, kind, station, reason, by: by.actor.account, knownAt } as const;
      const { state: journal } = await handleDirective(directiveStream(node), issue, optionsOf(by));
      onIssued(node);
      return { directive: journal.issued.findLast((directive) => directive.station === station)!.directive };
    }),
  };
}

const optionsOf = ({ actor, commandId, at }: CommandContext) => ({
  commandId,
  metadata: {
    account: actor.account,
    role: actor.role,
    at: new Date(at).toISOString(),
    ...(actor.organisation && { organisation: actor.organisation }),
    ...(actor.onBehalfOf && { onBehalfOf: actor.onBehalfOf }),
    ...(actor.from && { from: actor.from }),
  },
});
