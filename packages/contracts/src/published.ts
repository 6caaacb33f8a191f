import { z } from 'zod';
import { type TopicDeclaration, topics } from './topics.ts';

/** A JSON Schema as zod writes it, as far as it describes a record. */
export interface RecordSchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, RecordSchema>>;
  readonly required?: readonly string[];
  readonly items?: RecordSchema;
  readonly additionalProperties?: RecordSchema;
  readonly anyOf?: readonly RecordSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What integrators build on: a public topic's key, its number of partitions, and the values of its records. */
export interface PublishedTopic {
  readonly description: string;
  readonly key: string;
  readonly partitions: number;
  readonly records: Readonly<Record<string, RecordSchema>>;
}

export type PublishedTopics = Readonly<Record<string, PublishedTopic>>;

export const publicTopicDeclarations = (): readonly TopicDeclaration[] =>
  Object.values<TopicDeclaration>(topics).filter((topic) => topic.public);

/** The public topics as they are declared now. */
export const publicTopics = (): PublishedTopics =>
  Object.fromEntries(
    publicTopicDeclarations().map(({ name, description, key, partitions, records }) => [
      name,
      {
        description,
        key,
        partitions,
        records: Object.fromEntries(Object.entries(records).map(([type, one]) => [type, schemaOf(one)])),
      },
    ]),
  );

/** Open: a reader takes what a later version adds. */
export const schemaOf = (schema: z.ZodType): RecordSchema =>
  z.toJSONSchema(schema, {
    reused: 'inline',
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as RecordSchema;

/**
 * What differs for a reader of the published topics. Topics, types and optional properties may be added; all else stays, wider and narrower
 * alike: readers must understand what comes, and History keeps giving what came before.
 */
export const breaks = (published: PublishedTopics, now: PublishedTopics): readonly string[] =>
  Object.entries(published).flatMap(([name, before]) => {
    const topic = now[name];
    if (!topic) return [`${name} is gone`];
    const fixed = (['key', 'partitions'] as const).filter((what) => before[what] !== topic[what]);
    return [
      ...fixed.map((what) => `${name}: its ${what} was ${before[what]} and is ${topic[what]}`),
      ...otherMeaning(before, topic, name),
      ...Object.entries(before.records).flatMap(([type, schema]) => {
        const record = topic.records[type];
        return record ? changes(schema, record, `${name} ${type}`) : [`${name} ${type} is gone`];
      }),
    ];
  });

function changes(before: RecordSchema, now: RecordSchema, at: string): readonly string[] {
  const [known, told] = [branches(before), branches(now)];
  const [was, is] = [known, told].map((each) => each.map(kindOf).join(' or '));
  if (was !== is) return [`${at} was ${was} and is ${is}`];
  return [
    ...otherMeaning(before, now, at),
    ...known.flatMap((branch, index) => changesWithin(branch, told[index]!, at)),
  ];
}

/** A description is what a thing means: other words are to be looked at. */
const otherMeaning = (
  before: { description?: string },
  now: { description?: string },
  at: string,
): readonly string[] =>
  before.description === undefined || before.description === now.description
    ? []
    : [`${at} meant "${before.description}" and means "${now.description ?? ''}"`];

function branches(schema: RecordSchema): readonly RecordSchema[] {
  if (typeof schema.type === 'object') return schema.type.map((type) => ({ ...schema, type }));
  return schema.anyOf?.flatMap(branches) ?? [schema];
}

/** In words: the type, or its values, and what bounds it. */
function kindOf(schema: RecordSchema): string {
  const { description, properties, required, items, additionalProperties, type, ...bounds } = schema;
  const { enum: values, const: only, ...others } = bounds as Pick<RecordSchema, 'enum' | 'const'>;
  if (values) return values.toSorted().join(' or ');
  if (only !== undefined) return `${only}`;
  const said = Object.entries(others).filter(([name]) => name !== '$schema');
  return [type ?? 'anything', ...said.map(([name, value]) => `${name} ${value}`)].join(', ');
}

function changesWithin(before: RecordSchema, now: RecordSchema, at: string): readonly string[] {
  const required = new Set(now.required);
  return [
    ...Object.entries(before.properties ?? {}).flatMap(([name, property]) => {
      const [there, place] = [now.properties?.[name], `${at}.${name}`];
      if (!there) return [`${place} is gone`];
      const was = before.required?.includes(name) ?? false;
      if (was !== required.has(name))
        return [
          `${place} ${was ? 'was always there and' : 'could be missing and'} ${was ? 'may be missing' : 'is required'}`,
        ];
      return changes(property, there, place);
    }),
    ...[...required]
      .filter((name) => !before.properties?.[name])
      .map((name) => `${at}.${name} is new and required: records before lack it`),
    ...among(before.items, now.items, `${at}[]`),
    ...among(before.additionalProperties, now.additionalProperties, `${at}.*`),
  ];
}

const among = (before: RecordSchema | undefined, now: RecordSchema | undefined, at: string): readonly string[] =>
  before && now ? changes(before, now, at) : [];
