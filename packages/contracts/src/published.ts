import { z } from 'zod';
import { topics } from './topics.ts';

/** A JSON Schema as zod writes it, as far as readers depend on it. */
export interface RecordSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, RecordSchema>>;
  readonly required?: readonly string[];
  readonly items?: RecordSchema;
  readonly additionalProperties?: boolean | RecordSchema;
  readonly anyOf?: readonly RecordSchema[];
  readonly oneOf?: readonly RecordSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What integrators build on: a public topic's key, its number of partitions, and the values of its records. */
export interface PublishedTopic {
  readonly key: string;
  readonly partitions: number;
  readonly records: Readonly<Record<string, RecordSchema>>;
}

export type PublishedTopics = Readonly<Record<string, PublishedTopic>>;

/** The public topics as they are declared now. */
export const publicTopics = (): PublishedTopics =>
  Object.fromEntries(
    Object.values(topics)
      .filter((topic) => topic.public)
      .map(({ name, key, partitions, records }) => [
        name,
        {
          key,
          partitions,
          records: Object.fromEntries(Object.entries(records).map(([type, one]) => [type, schemaOf(one)])),
        },
      ]),
  );

const schemaOf = (schema: z.ZodType): RecordSchema =>
  z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', reused: 'inline' }) as RecordSchema;

/** What a reader of the published topics would no longer understand; more topics, types and properties break nothing. */
export const breaks = (published: PublishedTopics, now: PublishedTopics): readonly string[] =>
  Object.entries(published).flatMap(([name, before]) => {
    const topic = now[name];
    if (!topic) return [`${name} is gone`];
    const fixed = (['key', 'partitions'] as const).filter((what) => before[what] !== topic[what]);
    return [
      ...fixed.map((what) => `${name}: its ${what} was ${before[what]} and is ${topic[what]}`),
      ...Object.entries(before.records).flatMap(([type, schema]) => {
        const record = topic.records[type];
        return record ? lost(schema, record, `${name} ${type}`) : [`${name} ${type} is gone`];
      }),
    ];
  });

/** Where something that `now` describes is nothing that a reader of `before` knows. */
function lost(before: RecordSchema, now: RecordSchema, at: string): readonly string[] {
  const told = branches(now);
  if (told.length > 1) return told.flatMap((branch) => lost(before, branch, at));
  const known = branches(before);
  if (known.length > 1) {
    const each = known.map((branch) => lost(branch, told[0]!, at));
    return each.toSorted((one, other) => one.length - other.length)[0]!;
  }
  return lostOfOne(known[0]!, told[0]!, at);
}

function branches(schema: RecordSchema): readonly RecordSchema[] {
  const { anyOf, oneOf, type } = schema;
  if (typeof type === 'object') return type.map((one) => ({ ...schema, type: one }));
  return (anyOf ?? oneOf)?.flatMap(branches) ?? [schema];
}

function lostOfOne(before: RecordSchema, now: RecordSchema, at: string): readonly string[] {
  if (before.type && before.type !== now.type && !(before.type === 'number' && now.type === 'integer'))
    return [`${at} was ${before.type} and may be ${now.type ?? 'anything'}`];
  const known = valuesOf(before);
  const unknown = known && (valuesOf(now) ?? ['anything']).filter((value) => !known.includes(value));
  if (unknown && unknown.length > 0) return [`${at} may be ${unknown.join(', ')}`];
  const required = new Set(now.required);
  return [
    ...(before.required ?? []).filter((name) => !required.has(name)).map((name) => `${at}.${name} may be missing`),
    ...Object.entries(before.properties ?? {}).flatMap(([name, property]) => {
      const there = now.properties?.[name];
      return there ? lost(property, there, `${at}.${name}`) : [`${at}.${name} is gone`];
    }),
    ...(before.items && now.items ? lost(before.items, now.items, `${at}[]`) : []),
    ...(typeof before.additionalProperties === 'object' && typeof now.additionalProperties === 'object'
      ? lost(before.additionalProperties, now.additionalProperties, `${at}.*`)
      : []),
  ];
}

const valuesOf = (schema: RecordSchema): readonly unknown[] | undefined =>
  schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
