import { topics } from '@quantrac/contracts';
import { commandHandler, Fault } from '@quantrac/event-sourcing';
import { hashToHex } from '@quantrac/journal';
import type { ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
import { commands } from './api/commands.ts';
import { listen } from './api/listener.ts';
import { nationalCopyQueries } from './api/national-copy.ts';
import { nodeQueries } from './api/node-queries.ts';
import { replicationService } from './api/replication.grpc.ts';
import { Applier } from './applying/applier.ts';
import { enrolmentOf, type NationalAggregationSettings } from './config.ts';
import { directiveJournal } from './domain/directive-journal.ts';
import { enrolment } from './domain/enrolment.ts';
import { incidentOf, type SilenceEvent, silence, silencePrefix } from './domain/silence.ts';
import { directivesAfter, meetDirectives, takeAnswer } from './nodes/directives.ts';
import { admit } from './nodes/enrol.ts';
import { NodeBook, type NodeEntry } from './nodes/node-book.ts';
import { watchSilence } from './nodes/silence-watch.ts';
import { type Said, tellReplication } from './nodes/tell-replication.ts';
import type { NodeStream, NodeStreamContext } from './receiving/node-stream.ts';
import { OpenStreams } from './receiving/open-streams.ts';
import { newestOf } from './receiving/standing.ts';

const replaced = Fault.unavailable('StreamReplaced', 'the node has connected again');
const stopping = Fault.unavailable('Stopping', 'the ministry is being restarted');

/** The national copy: receives, acknowledges and applies every node's journal, and sends directives down. */
export function nationalAggregationService(
  stores: Stores,
  settings: NationalAggregationSettings,
  { node: own, log, clock, watch }: Surroundings,
): ServiceDefinition {
  const { events, documents, series, journals } = stores;
  const onFailure = (error: unknown) => log.error({ err: error }, 'work in the background failed and is tried again');
  const book = new NodeBook(documents, clock);
  const applier = new Applier({ journals, series, documents }, onFailure, watch('national-copy'));
  const open = new OpenStreams<NodeStream>();
  const ready = once(async () => {
    await book.load();
    await applier.start();
  });
  const enrolling = {
    book,
    policy: enrolmentOf(settings),
    clock,
    handle: commandHandler(enrolment, events.streams()),
  };
  const handleDirective = commandHandler(directiveJournal, events.streams());

  const streams: NodeStreamContext = {
    journals,
    async admit(stream, hello) {
      await ready();
      await admit(hello, enrolling);
      await open.open(stream, replaced);
    },
    onWelcomed: (node, appended, stopped) => book.welcomed(node, appended, stopped),
    onStored: (journal, { size }, traceparents) => applier.stored(journal, size, traceparents),
    watch: watch('national-journals'),
    onHeard: (node, heartbeat) => book.heard(node, heartbeat),
    async onRefused(node, refused) {
      log.error({ from: node, ...refused }, 'the journal of a node was refused');
      await book.refused(node, refused);
    },
    onClosed: (stream) => void open.closed(stream),
    meetDirectives: (node, received) => meetDirectives(handleDirective, node, received),
    directivesAfter: (node, number) => directivesAfter(events, node, number),
    onDirectivesTaken: (node, taken) => takeAnswer(handleDirective, node, taken),
  };
  const replication = { journals, series, book, applier, ready, streams };
  const grpc = replicationService(replication);
  let address: string | undefined;
  const listening = () => ({ address, tls: settings.tlsCertificate !== undefined });

  return {
    name: 'national-aggregation',
    topics: [topics.nationalReplication, topics.nationalIncidents],
    grpc: [grpc],
    processors: [],
    relays: [
      {
        name: 'national-incidents',
        topic: topics.nationalIncidents,
        streamPrefix: silencePrefix,
        record({ events: past }) {
          const incident = incidentOf(past as readonly SilenceEvent[]);
          const { node: key = own, knownAt } = incident;
          return { key, type: 'IncidentRecorded', knownAt: Date.parse(knownAt), data: incident };
        },
      },
    ],
    commands: commands({
      ...enrolling,
      ready,
      series,
      handleDirective,
      onIssued: (node) => void open.get(node)?.sendDirectives().catch(onFailure),
    }),
    queries: {
      ...nationalCopyQueries(series),
      ...nodeQueries({ ...replication, events, documents, open, listening }),
    },
    run: [
      async () => {
        await ready();
        return {
          async stop() {
            await applier.stop();
            await book.close();
          },
        };
      },
      async () => {
        const listener = await listen(settings, grpc, () => open.closeAll(stopping));
        address = listener.address;
        log.info({ address }, 'nodes may connect');
        return listener;
      },
      async () =>
        watchSilence({
          book,
          clock,
          silentAfterMs: settings.silentAfterMs,
          handle: commandHandler(silence, events.streams()),
          onFailure,
        }),
      async () =>
        tellReplication({
          documents,
          log: stores.log,
          series,
          node: own,
          clock,
          onFailure,
          current: () => Promise.all(book.all().map(told)),
        }),
    ],
  };

  async function told({ node, stopped, appended }: NodeEntry): Promise<Said> {
    const { incarnation, size, root } = await newestOf(journals, node);
    return {
      node,
      incarnation: Math.max(1, incarnation),
      appended: Math.max(appended, size),
      acknowledged: size,
      root: hashToHex(root),
      state: stopped ? 'stopped' : open.get(node) ? 'streaming' : 'waiting',
      stopped,
    };
  }
}

/** Done at the first call, for all calls; again after a failure. */
function once(work: () => Promise<void>): () => Promise<void> {
  let doing: Promise<void> | undefined;
  return () => {
    doing ??= work().catch((error) => {
      doing = undefined;
      throw error;
    });
    return doing;
  };
}
