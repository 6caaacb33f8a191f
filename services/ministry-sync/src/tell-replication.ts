import { type ReplicationAdvanced, sequenceOf, sourceOf, toEntry, topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog } from '@quantrac/event-log';
import type { Running } from '@quantrac/service';

/** What is said of the journal; when it is said comes with the saying. */
export type Said = Omit<ReplicationAdvanced, 'knownAt'>;

export interface TellContext {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  readonly clock: () => number;
  readonly current: () => Said;
  readonly onFailure: (error: unknown) => void;
}

/** The document's revision makes the record's sequence. */
const told: Collection<ReplicationAdvanced> = { name: 'replication-told' };
const topic = topics.replication;
const EVERY_MS = 1000;

/** Publishes where the journal stands, at most once a second and only when it changed. */
export function tellReplication({ documents, log, clock, current, onFailure }: TellContext): Running {
  let last = '';
  const tell = async () => {
    const said = current();
    const text = JSON.stringify(said);
    if (text === last) return;
    const { node } = said;
    const record: ReplicationAdvanced = { ...said, knownAt: new Date(clock()).toISOString() };
    const revision = await documents.put(told, { key: node, document: record });
    const sequence = sequenceOf(log.epoch, revision, 0);
    const envelope = { key: node, type: 'ReplicationAdvanced', sequence, knownAt: clock(), source: sourceOf(node) };
    await log.publish(topic, [toEntry(topic.name, envelope, Buffer.from(JSON.stringify(record)))]);
    last = text;
  };
  let telling: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    telling = telling.then(tell).catch(onFailure);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await telling;
      await tell().catch(onFailure);
    },
  };
}

export const lastTold = async (documents: DocumentStore, node: string): Promise<ReplicationAdvanced | undefined> =>
  (await documents.get(told, node))?.document;
