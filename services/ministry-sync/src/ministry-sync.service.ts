import { topics } from '@quantrac/contracts';
import { hoursBetween } from '@quantrac/contracts/digest';
import type { ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
import { commands } from './api/commands.ts';
import { queries } from './api/queries.ts';
import { nodeFacts, nodeTally } from './comparing/node-facts.ts';
import type { MinistrySyncSettings } from './config.ts';
import { Inbox } from './directives/inbox.ts';
import { type DirectiveInboxEvent, inboxPrefix } from './domain/directive-inbox.ts';
import { heartbeat } from './heartbeat.ts';
import { rejected } from './journal/feed.ts';
import { ministryAt } from './link/ministry.ts';
import { Replication } from './replication.ts';
import { tellReplication } from './tell-replication.ts';

/** The node's outbound journal: takes what the policy names, sends it to the ministry, and brings directives down. */
export function ministrySyncService(
  stores: Stores,
  settings: MinistrySyncSettings,
  surroundings: Surroundings,
): ServiceDefinition {
  const { node, data, log, clock, peer } = surroundings;
  const { policy } = settings;
  const { journals } = stores;
  const ministry = settings.ministry === undefined ? undefined : ministryAt(settings.ministry, settings);
  const onFailure = (error: unknown) => log.error({ err: error }, 'work in the background failed and is tried again');
  const inbox = new Inbox({
    events: stores.events,
    node,
    clock,
    registry: () => peer('station-registry'),
    onAnswered: () => replication.answerDirectives(),
    onFailure,
  });
  const replication = new Replication({
    stores,
    journals,
    settings,
    surroundings,
    ministry,
    session: {
      heartbeat: () => heartbeat(data, replication.said().appended, clock(), peer('alerting')),
      directivesReceived: () => inbox.state(),
      directivesTaken: () => inbox.taken(),
      onDirectives: (directives) => inbox.receive(directives),
      async digests({ from, to, station, collection, byStation }) {
        const of = { station: station || undefined, collection: collection || undefined };
        const read = byStation ? nodeTally : nodeFacts;
        return (await read({ policy, peer, hours: hoursBetween(from, to), ...of })).digests();
      },
    },
  });

  return {
    name: 'ministry-sync',
    topics: [topics.replication, topics.directives],
    setAside: [rejected],
    processors: [],
    relays: [
      {
        name: 'directives',
        topic: topics.directives,
        streamPrefix: inboxPrefix,
        record({ events }) {
          const last = events.at(-1) as DirectiveInboxEvent;
          if (last.type !== 'DirectiveReceived') return undefined;
          const { textHash: _, ...directive } = last.data;
          return { key: node, type: 'DirectiveIssued', knownAt: Date.parse(directive.knownAt), data: directive };
        },
      },
    ],
    commands: commands({ stores, journals, node, ministry, replication }),
    readings: () => replication.reading(),
    measures: () => replication.measures(),
    queries: queries({ node, ministry, replication, inbox, policy, peer, clock }),
    run: [async () => ({ stop: async () => ministry?.close() })],
    runAlone: [
      async () => inbox.start(),
      async () =>
        tellReplication({
          documents: stores.documents,
          log: stores.log,
          series: stores.series,
          clock,
          onFailure,
          current: () => replication.said(),
        }),
      () => replication.start(),
    ],
  };
}
