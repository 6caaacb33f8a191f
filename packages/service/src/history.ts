import { type LogEntry, sourceOf, toEntry } from '@quantrac/contracts';
import type { LogRecord } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import { entryOf, epochsOfRelay } from '@quantrac/stream-processing';
import type { ServiceDefinition, Stores } from './definition.ts';

export interface HistoryOptions {
  readonly definition: ServiceDefinition;
  readonly stores: Stores;
  readonly node: string;
}

const PAGE = 500;

/** What a topic of this service has carried, from the service's own stores: same records, ids and sequences, ascending per key; of one key also from after a sequence, where rows carry it. */
export async function* historyOf(
  topic: string,
  key: string,
  options: HistoryOptions,
  after = '',
): AsyncIterable<readonly LogRecord[]> {
  const relay = options.definition.relays.find((candidate) => candidate.topic.name === topic);
  if (relay) {
    yield* relayed(relay, key, options);
    return;
  }
  if (key !== '') {
    yield* ofKey(topic, key, options, after);
    return;
  }
  for (let keys = await options.stores.series.keys(topic, '', PAGE); keys.length > 0; ) {
    for (const one of keys) yield* ofKey(topic, one, options);
    keys = await options.stores.series.keys(topic, keys.at(-1)!, PAGE);
  }
}

async function* ofKey(
  topic: string,
  key: string,
  { stores, node }: HistoryOptions,
  from = '',
): AsyncIterable<readonly LogRecord[]> {
  for (let after = from; ; ) {
    const rows = await stores.series.history(topic, key, after, PAGE);
    if (rows.length === 0) return;
    yield rows.map(({ type, sequence, knownAt, value }) =>
      toEntry(topic, { key, type, sequence, knownAt, source: sourceOf(node) }, value),
    );
    after = rows.at(-1)!.sequence;
  }
}

async function* relayed(
  relay: ServiceDefinition['relays'][number],
  key: string,
  { stores, node }: HistoryOptions,
): AsyncIterable<readonly LogRecord[]> {
  const streams = new Map<string, unknown[]>();
  const epochAt = await epochsOfRelay(relay, { documents: stores.documents, epoch: stores.log.epoch });
  for (let after = 0; ; ) {
    const commits = await stores.events.readAll<unknown>(after, PAGE);
    if (commits.length === 0) return;
    const entries: LogEntry[] = [];
    for (const commit of commits) {
      if (!commit.streamId.startsWith(relay.streamPrefix)) continue;
      const stream = streams.get(commit.streamId) ?? [];
      streams.set(commit.streamId, stream);
      stream.push(...commit.events);
      const entry = entryOf(commit, stream, relay, { node, epoch: epochAt(commit.position) });
      if (entry && (key === '' || entry.key === key)) entries.push(entry);
    }
    if (entries.length > 0) yield entries;
    after = commits.at(-1)!.position;
  }
}

export const refuseUnknownTopic = (topic: string, definition: ServiceDefinition): void => {
  const own = definition.topics.some(({ name }) => name === topic);
  if (!own) throw Fault.notFound('TopicUnknown', `${definition.name} does not own ${topic}`);
};
