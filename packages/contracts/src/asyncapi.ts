import type { z } from 'zod';
import { eventHeaders } from './cloud-event.ts';
import { publicTopicDeclarations, schemaOf } from './published.ts';
import type { TopicDeclaration } from './topics.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a key names, in words. */
export const keyMeanings: Readonly<Record<TopicDeclaration['key'], string>> = {
  station: 'The station, by its id; the node where no station applies.',
  node: 'The node, by its id.',
  facility: 'The facility, by its id.',
  incident: 'The incident, by its id.',
};

/** Every public record type once, whichever topics carry it. */
export const publicRecords = (): Readonly<Record<string, z.ZodType>> =>
  Object.assign({}, ...publicTopicDeclarations().map(({ records }) => records));

const HEADERS = 'EventHeaders';

/** The schema files by their names: one a record type, and that of the headers. */
export const schemaFiles = (): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries({ ...publicRecords(), [HEADERS]: eventHeaders }).map(([name, schema]) => {
      const { $schema, ...described } = schemaOf(schema) as Json;
      return [`${name}.json`, { $schema, $id: `urn:quantrac:schema:${name}`, title: name, ...described }];
    }),
  );

/** The public topics as an AsyncAPI 3 document; it stands beside the folder `schemas`. */
export const asyncApi = (): Json => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Public topics of Quantrac',
    version: '1',
    description: conventions,
  },
  defaultContentType: 'application/json',
  servers: {
    kafka: {
      host: '{broker}',
      protocol: 'kafka',
      description: 'The brokers of a node that runs on Kafka.',
      variables: { broker: { default: '127.0.0.1:9092', description: 'What KAFKA_BROKERS of the node names.' } },
    },
  },
  channels: Object.fromEntries(publicTopicDeclarations().map((topic) => [channelOf(topic), channel(topic)])),
  operations: Object.fromEntries(
    publicTopicDeclarations().map((topic) => [`send-${channelOf(topic)}`, operation(topic)]),
  ),
  components: {
    schemas: { [HEADERS]: { $ref: schemaFile(HEADERS) } },
  },
});

const conventions = [
  'Records are CloudEvents 1.0 in binary mode. A record is the whole state of one fact, never a change of it.',
  'Times are UTC, ISO 8601 with milliseconds; days are Vietnamese dates (UTC+7). Decimals are text and keep their digits.',
  'Flags are those of QARTOD: pass 1, not evaluated 2, suspect 3, fail 4, missing 9.',
  'Delivery is at least once; per identity the highest version holds. Fields may be added: ignore those that you do not know.',
  'Where several nodes share a broker, KAFKA_PREFIX of the node stands before each address.',
].join('\n\n');

const schemaFile = (name: string): string => `./schemas/${name}.json`;

/** `observations.received` */
const channelOf = ({ name }: TopicDeclaration): string => name.replace(/^quantrac\.|\.v\d+$/g, '');

const KAFKA_BINDING = '0.5.0';
const DAY_MS = 86_400_000;

const channel = ({
  name,
  description,
  key,
  partitions,
  retentionDays,
  compacted,
  records,
}: TopicDeclaration): Json => ({
  address: name,
  description,
  messages: Object.fromEntries(Object.entries(records).map(([type, schema]) => [type, message(type, schema, key)])),
  bindings: {
    kafka: {
      topic: name,
      partitions,
      topicConfiguration: compacted
        ? { 'cleanup.policy': ['compact'] }
        : { 'cleanup.policy': ['delete'], 'retention.ms': retentionDays * DAY_MS },
      bindingVersion: KAFKA_BINDING,
    },
  },
});

const message = (type: string, schema: z.ZodType, key: TopicDeclaration['key']): Json => ({
  name: type,
  title: type,
  description: schema.description,
  contentType: 'application/json',
  headers: {
    allOf: [{ $ref: `#/components/schemas/${HEADERS}` }, { type: 'object', properties: { ce_type: { const: type } } }],
  },
  payload: { $ref: schemaFile(type) },
  bindings: { kafka: { key: { type: 'string', description: keyMeanings[key] }, bindingVersion: KAFKA_BINDING } },
});

const operation = (topic: TopicDeclaration): Json => ({
  action: 'send',
  channel: { $ref: `#/channels/${channelOf(topic)}` },
  description: `Published by ${topic.producer}.`,
  messages: Object.keys(topic.records).map((type) => ({ $ref: `#/channels/${channelOf(topic)}/messages/${type}` })),
});
