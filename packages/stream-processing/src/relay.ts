import { type LogEntry, sequenceOf, sourceOf, toEntry } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog, Topic } from '@quantrac/event-log';
import type { Commit, EventStore } from '@quantrac/event-store';

/** Publishes the state that aggregates' commits lead to, in the order of the commits. */
export interface Relay {
  readonly name: string;
  readonly topic: Topic;
  /** Only commits of these streams: `station-`. */
  readonly streamPrefix: string;
  /** The record that a stream's state is told by, after a commit; undefined: nothing to tell. Pure. */
  readonly record: (commit: RelayedCommit) => { key: string; type: string; knownAt: number; data: unknown } | undefined;
}

export interface RelayedCommit {
  readonly streamId: string;
  /** All events of the stream up to and with this commit. */
  readonly events: readonly unknown[];
  readonly version: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface RelayOptions {
  readonly events: EventStore;
  readonly documents: DocumentStore;
  readonly log: EventLog;
  readonly node: string;
  readonly epoch: number;
}

/** How far a relay is, and behind which positions it began to publish in each epoch. */
export interface Relayed {
  readonly after: number;
  readonly epochs: readonly { readonly epoch: number; readonly after: number }[];
}

const position: Collection<Relayed> = { name: 'relays' };
const BATCH = 500;
const encoder = new TextEncoder();

/** One round: relays what was committed since the last; true when there was something. Repeats after a crash, with the same ids. */
export async function relayOnce(relay: Relay, options: RelayOptions): Promise<boolean> {
  const stored = await options.documents.get(position, relay.name);
  const commits = await options.events.readAll(stored?.document.after ?? 0, BATCH);
  if (commits.length === 0) return false;
  const own = commits.filter(({ streamId }) => streamId.startsWith(relay.streamPrefix));
  const epochs = epochsWith(options.epoch, stored?.document);
  const { epoch } = epochs.at(-1)!;
  await options.log.publish(relay.topic, await entriesOf(own, relay, { ...options, epoch }));
  const document = { after: commits.at(-1)!.position, epochs };
  await options.documents.put(position, { key: relay.name, document, expected: stored?.revision ?? 0 });
  return true;
}

/** Who runs on in an older epoch goes on in the one in which others have told. */
const epochsWith = (epoch: number, { after, epochs }: Relayed = { after: 0, epochs: [] }): Relayed['epochs'] =>
  (epochs.at(-1)?.epoch ?? 0) >= epoch ? epochs : [...epochs, { epoch, after }];

/** The epoch in which the commit at a position was published, or will be: its record keeps the id and sequence that it had. */
export async function epochsOfRelay(
  relay: Relay,
  { documents, epoch }: Pick<RelayOptions, 'documents' | 'epoch'>,
): Promise<(position: number) => number> {
  const stored = await documents.get(position, relay.name);
  const epochs = epochsWith(epoch, stored?.document);
  return (at) => epochs.findLast(({ after }) => at > after)!.epoch;
}

async function entriesOf(
  commits: readonly Commit<unknown>[],
  relay: Relay,
  options: RelayOptions,
): Promise<LogEntry[]> {
  const streams = new Map<string, readonly unknown[]>();
  const entries: LogEntry[] = [];
  for (const commit of commits) {
    const { streamId } = commit;
    if (!streams.has(streamId)) streams.set(streamId, (await options.events.read(streamId)).events);
    const entry = entryOf(commit, streams.get(streamId)!, relay, options);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** The record of one commit, in the epoch in which it was published: the same whenever it is made again, by the relay or for History. */
export function entryOf(
  { streamId, fromVersion, events, metadata }: Commit<unknown>,
  stream: readonly unknown[],
  relay: Relay,
  { node, epoch }: Pick<RelayOptions, 'node' | 'epoch'>,
): LogEntry | undefined {
  const version = fromVersion + events.length;
  const told = relay.record({ streamId, events: stream.slice(0, version), version, metadata });
  if (!told) return undefined;
  const envelope = {
    key: told.key,
    type: told.type,
    knownAt: told.knownAt,
    sequence: sequenceOf(epoch, version, 0),
    source: sourceOf(node),
    traceparent: metadata.traceparent,
  };
  return toEntry(relay.topic.name, envelope, encoder.encode(JSON.stringify(told.data)));
}
