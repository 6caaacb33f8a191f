import { type ReplicationAdvanced, sequenceOf, sourceOf, toEntry, topics } from '@quantrac/contracts';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { EventLog } from '@quantrac/event-log';
import type { Running } from '@quantrac/service';
import type { TimeSeries } from '@quantrac/time-series';

/** What is said of the journal; when it is said comes with the saying. */
export type Said = Omit<ReplicationAdvanced, 'knownAt'>;

export interface TellContext {
  readonly documents: DocumentStore;
  readonly log: EventLog;
  /** What the topic's History is read from. */
  readonly series: TimeSeries;
  readonly clock: () => number;
  readonly current: () => Said;
  readonly onFailure: (error: unknown) => void;
}

/** The document's revision makes the record's sequence. */
const told: Collection<ReplicationAdvanced> = { name: 'replication-told' };
const topic = topics.replication;
const EVERY_MS = 1000;
/** That a journal has only grown is said as often as a heartbeat: what is said stays in History. */
const GROWTH_EVERY_MS = 60_000;

/** Publishes where the journal stands: within a second when its state changed, every minute while it only grows. */
export function tellReplication({ documents, log, series, clock, current, onFailure }: TellContext): Running {
  let last = '';
  let [lastState, grownAt] = ['', 0];
  const tell = async (growth?: 'growth too') => {
    const said = current();
    const text = JSON.stringify(said);
    const { node, incarnation, state, stopped } = said;
    const stateText = JSON.stringify([incarnation, state, stopped]);
    const onlyGrown = stateText === lastState && performance.now() - grownAt < GROWTH_EVERY_MS;
    if (text === last || (onlyGrown && !growth)) return;
    const record: ReplicationAdvanced = { ...said, knownAt: new Date(clock()).toISOString() };
    const revision = await documents.put(told, { key: node, document: record });
    const sequence = sequenceOf(log.epoch, revision, 0);
    const value = Buffer.from(JSON.stringify(record));
    const envelope = { key: node, type: 'ReplicationAdvanced', sequence, knownAt: Date.parse(record.knownAt) };
    const row = { collection: topic.name, series: 'replication', time: envelope.knownAt, version: revision, value };
    await series.insert([{ ...envelope, ...row }]);
    await log.publish(topic, [toEntry(topic.name, { ...envelope, source: sourceOf(node) }, value)]);
    [last, lastState, grownAt] = [text, stateText, performance.now()];
  };
  let telling: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    telling = telling.then(() => tell()).catch(onFailure);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await telling;
      await tell('growth too').catch(onFailure);
    },
  };
}

export const lastTold = async (documents: DocumentStore, node: string): Promise<ReplicationAdvanced | undefined> =>
  (await documents.get(told, node))?.document;
