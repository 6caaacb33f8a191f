import { envelopeOf, type TopicDeclaration, topics } from '@quantrac/contracts';
import { identityOf, topicOfType } from '@quantrac/contracts/identity';
import type { EventLog, LogRecord } from '@quantrac/event-log';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { KafkaEventLog } from '@quantrac/event-log/kafka-event-log';
import { openEmbeddedStores, ownNames } from '@quantrac/service';
import { allRecords } from './all-records.ts';

/** Opens what a producer of a node has told. */
type OpenTold = (producer: string) => Promise<{ readonly log: EventLog; close(): Promise<void> }>;

/** In its file; read while nobody works on it. */
const inFolder =
  (data: string): OpenTold =>
  (producer) =>
    openEmbeddedStores(data, producer);

/** On the brokers, under the names that belong to its data folder; whoever works there goes on. */
export const onBrokers =
  (data: string, brokers: string): OpenTold =>
  async () => {
    const client = new KafkaClient({ brokers, clientId: 'reads-what-was-told' });
    const { kafkaPrefix: prefix } = ownNames(data);
    const log = await KafkaEventLog.open({ client, prefix, service: 'reads-what-was-told', replicationFactor: 1 });
    return { log, close: () => log.close().then(() => client.close()) };
  };

/** All that the services of a node have told, topic by topic, repeats too. */
export async function toldBy(
  data: string,
  declared: readonly TopicDeclaration[] = Object.values(topics),
  open = inFolder(data),
): Promise<ReadonlyMap<string, readonly LogRecord[]>> {
  const told = new Map<string, readonly LogRecord[]>();
  for (const [producer, own] of Map.groupBy(declared, (topic) => topic.producer)) {
    const { log, close } = await open(producer);
    for (const topic of own) told.set(topic.name, await allRecords(log, topic));
    await close();
  }
  return told;
}

/** Each record the first time that it is told. */
export function firstTold(records: readonly LogRecord[]): readonly LogRecord[] {
  const ids = new Set<string>();
  return records.filter((record) => {
    const { id } = envelopeOf(record);
    return !ids.has(id) && ids.add(id);
  });
}

/** What a topic tells wrongly: one id with two contents, one version under two ids, a version with nothing new. */
export function wronglyTold(records: Iterable<LogRecord>): readonly string[] {
  const wrong: string[] = [];
  const contents = new Map<string, string>();
  const ids = new Map<string, string>();
  const versions = new Map<string, Map<number, string>>();
  for (const record of records) {
    const { id, key, type } = envelopeOf(record);
    const text = Buffer.from(record.value).toString();
    if ((contents.get(id) ?? text) !== text) wrong.push(`${id} has two contents`);
    contents.set(id, text);
    if (!topicOfType(type)) continue;
    const { series, time, version } = identityOf(type, JSON.parse(text));
    const thing = `${key} ${type} ${series} ${time}`;
    const name = `${thing} version ${version}`;
    if ((ids.get(name) ?? id) !== id) wrong.push(`${name} is told under two ids`);
    ids.set(name, id);
    versions.set(thing, (versions.get(thing) ?? new Map<number, string>()).set(version, text));
  }
  return [...wrong, ...[...versions].flatMap(([thing, told]) => withNothingNew(thing, told))];
}

/** How far the intake has come is told again and again; every other version is one because something is different. */
function withNothingNew(thing: string, told: ReadonlyMap<number, string>): readonly string[] {
  if (thing.includes(' IntakeAdvanced ')) return [];
  const inOrder = [...told].sort(([a], [b]) => a - b);
  return inOrder.flatMap(([version, text], index) =>
    index > 0 && contentOf(text) === contentOf(inOrder[index - 1]![1])
      ? `${thing} version ${version} says nothing new`
      : [],
  );
}

function contentOf(text: string): string {
  const { version: _, revision: _revision, knownAt: _known, cause: _cause, root: _root, ...content } = JSON.parse(text);
  return JSON.stringify(content);
}
