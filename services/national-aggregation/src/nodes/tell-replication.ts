import { type ReplicationAdvanced, sequenceOf, sourceOf, toEntry, topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog } from '@quantrac/event-log';
import type { Running } from '@quantrac/service';
import type { TimeSeries } from '@quantrac/time-series';

/** What is said of a node; when it is said comes with the saying. */
export type Said = Omit<ReplicationAdvanced, 'knownAt'>;

export interface TellContext {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  /** What the topic's History is read from. */
  readonly series: TimeSeries;
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
/** That a journal has only grown is said as often as a heartbeat: what is said stays in History. */
const GROWTH_EVERY_MS = 60_000;

/** Publishes what is held of each node: within a second when its state changed, every minute while it only grows. */
export function tellReplication({ documents, log, series, node, clock, current, onFailure }: TellContext): Running {
  const last = new Map<string, { text: string; state: string; at: number }>();
  const tell = async (said: Said, growth?: 'growth too') => {
    const text = JSON.stringify(said);
    const state = JSON.stringify([said.incarnation, said.state, said.stopped]);
    const before = last.get(said.node);
    const onlyGrown = before?.state === state && performance.now() - before.at < GROWTH_EVERY_MS;
    if (before?.text === text || (onlyGrown && !growth)) return;
    const record: ReplicationAdvanced = { ...said, knownAt: new Date(clock()).toISOString() };
    const revision = await documents.put(told, { key: said.node, document: record });
    const value = Buffer.from(JSON.stringify(record));
    const envelope = {
      key: said.node,
      type: 'ReplicationAdvanced',
      sequence: sequenceOf(log.epoch, revision, 0),
      knownAt: Date.parse(record.knownAt),
    };
    const row = { collection: topic.name, series: 'replication', time: envelope.knownAt, version: revision, value };
    await series.insert([{ ...envelope, ...row }]);
    await log.publish(topic, [toEntry(topic.name, { ...envelope, source: sourceOf(node) }, value)]);
    last.set(said.node, { text, state, at: performance.now() });
  };
  let telling: Promise<void> = Promise.resolve();
  const tellAll = async (growth?: 'growth too') => {
    for (const said of await current()) await tell(said, growth);
  };
  const timer = setInterval(() => {
    telling = telling.then(() => tellAll()).catch(onFailure);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await telling;
      await tellAll('growth too').catch(onFailure);
    },
  };
}
