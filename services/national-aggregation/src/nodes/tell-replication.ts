import { type ReplicationAdvanced, sequenceOf, sourceOf, toEntry, topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog } from '@quantrac/event-log';
import type { Running } from '@quantrac/service';

/** What is said of a node; when it is said comes with the saying. */
export type Said = Omit<ReplicationAdvanced, 'knownAt'>;

export interface TellContext {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  /** Who publishes. */
  readonly node: string;
  readonly clock: () => number;
  /** What there is to say of each node now. */
  readonly current: () => Promise<readonly Said[]>;
  readonly onFailure: (error: unknown) => void;
}

/** The document's revision makes the record's sequence. */
const told: Collection<ReplicationAdvanced> = { name: 'replication-told' };
const topic = topics.nationalReplication;
const EVERY_MS = 1000;

/** Publishes what is held of each node, at most once a second and only what changed. */
export function tellReplication({ documents, log, node, clock, current, onFailure }: TellContext): Running {
  const last = new Map<string, string>();
  const tell = async (said: Said) => {
    const text = JSON.stringify(said);
    if (last.get(said.node) === text) return;
    const record: ReplicationAdvanced = { ...said, knownAt: new Date(clock()).toISOString() };
    const revision = await documents.put(told, { key: said.node, document: record });
    const envelope = {
      key: said.node,
      type: 'ReplicationAdvanced',
      sequence: sequenceOf(log.epoch, revision, 0),
      knownAt: clock(),
      source: sourceOf(node),
    };
    await log.publish(topic, [toEntry(topic.name, envelope, Buffer.from(JSON.stringify(record)))]);
    last.set(said.node, text);
  };
  let telling: Promise<void> = Promise.resolve();
  const tellAll = async () => {
    for (const said of await current()) await tell(said);
  };
  const timer = setInterval(() => {
    telling = telling.then(tellAll).catch(onFailure);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await telling;
      await tellAll().catch(onFailure);
    },
  };
}
