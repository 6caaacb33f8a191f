import { hoursBetween } from '@quantrac/contracts/digest';
import { nationalAggregationQueries as contract } from '@quantrac/contracts/queries/national-aggregation';
import type { DocumentStore } from '@quantrac/document-store';
import type { EventStore } from '@quantrac/event-store';
import { hashToHex } from '@quantrac/journal';
import { type QueryHandler, query } from '@quantrac/service';
import { changedVersions } from '../applying/changed-versions.ts';
import { heldRecords } from '../applying/held-records.ts';
import { differencesWith } from '../comparing/differences.ts';
import { factsHeld } from '../comparing/facts-held.ts';
import { incidentOf, type SilenceEvent, silenceStream } from '../domain/silence.ts';
import { directivesOf } from '../nodes/directives.ts';
import type { NodeEntry } from '../nodes/node-book.ts';
import type { NodeStream } from '../receiving/node-stream.ts';
import type { OpenStreams } from '../receiving/open-streams.ts';
import { journalOf, newestOf } from '../receiving/standing.ts';
import type { ReplicationContext } from './replication.grpc.ts';

export interface NodeQueriesContext extends ReplicationContext {
  readonly events: EventStore;
  readonly documents: DocumentStore;
  readonly open: OpenStreams<NodeStream>;
  readonly listening: () => { address: string | undefined; tls: boolean };
}

/** What is known of the nodes themselves, and of how equal the copies are. */
export function nodeQueries(context: NodeQueriesContext): Record<string, QueryHandler> {
  const { book, ready, events, documents, open } = context;
  const entries = async (node: string | undefined): Promise<readonly NodeEntry[]> => {
    await ready();
    return book.all().filter((entry) => node === undefined || entry.node === node);
  };
  return {
    nodes: query(contract.nodes.args, async ({ node }) => {
      const found = await entries(node);
      return Promise.all(found.map((entry) => nodeRow(entry, context)));
    }),
    nationalIncidents: query(contract.nationalIncidents.args, async ({ node, limit }) => {
      const all = (await entries(node)).map((entry) => incidentsOf(events, entry.node));
      return (await Promise.all(all)).flat().slice(0, limit);
    }),
    digests: query(contract.digests.args, async ({ node, from, to, station }) =>
      (await factsHeld({ node, hours: hoursBetween(from, to), station }, context)).digests(),
    ),
    differences: query(contract.differences.args, (range) => differencesWith(range, open, context)),
    held: query(contract.held.args, async ({ node, limit }) =>
      (await heldRecords(documents)).filter((held) => node === undefined || held.node === node).slice(0, limit),
    ),
    faults: query(contract.faults.args, async ({ node, limit }) => {
      const all = (await entries(node)).map((entry) => changedVersions(documents, entry.node));
      return (await Promise.all(all)).flat().slice(0, limit);
    }),
    refusals: query(contract.refusals.args, async ({ node, limit }) =>
      (await book.refusals()).filter((refusal) => node === undefined || refusal.node === node).slice(0, limit),
    ),
    directives: query(contract.directives.args, async ({ node, limit }) => {
      const { issued, answered, refused } = await directivesOf(events, node);
      const rows = issued.map((directive) => {
        const refusal = refused.find(({ number }) => number === directive.number);
        const state = refusal ? 'refused' : directive.number <= answered ? 'carried-out' : 'issued';
        return { ...directive, state, refused: refusal ? { code: refusal.code, message: refusal.message } : null };
      });
      return rows.slice(-limit);
    }),
    addresses: query(contract.addresses.args, async () => {
      const { address, tls } = context.listening();
      return address === undefined ? [] : [{ address, tls }];
    }),
  };
}

/** Each of a node's silences in its newest state. */
async function incidentsOf(events: EventStore, node: string) {
  const past = (await events.read<SilenceEvent>(silenceStream(node))).events;
  return past.flatMap((_, index) => {
    const next = past[index + 1];
    const isLastOfItsOwn = next === undefined || next.type === 'NodeFellSilent';
    return isLastOfItsOwn ? incidentOf(past.slice(0, index + 1)) : [];
  });
}

async function nodeRow(entry: NodeEntry, { journals, applier, events, documents, open, book }: NodeQueriesContext) {
  const { node, stopped } = entry;
  const { incarnation, size, root } = await newestOf(journals, node);
  const { last, answered } = await directivesOf(events, node);
  const silent = (await incidentsOf(events, node)).at(-1)?.state === 'open';
  const refusals = (await book.refusals()).filter((refusal) => refusal.node === node);
  const state = stopped ? 'stopped' : open.get(node) ? 'connected' : silent ? 'silent' : 'away';
  return {
    ...entry,
    incarnation,
    size,
    root: hashToHex(root),
    applied: applier.applied(journalOf(node, incarnation)),
    applyProblem: applier.problem(journalOf(node, incarnation)),
    state,
    refusals: refusals.reduce((sum, { times }) => sum + times, 0),
    faults: (await changedVersions(documents, node)).length,
    directives: last,
    answered,
  };
}
