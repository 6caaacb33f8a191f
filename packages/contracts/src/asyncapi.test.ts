import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { asyncApi, publicRecords, schemaFiles } from './asyncapi.ts';
import { publicTopicDeclarations, type RecordSchema } from './published.ts';

const withFormats = formats.default;
/** AsyncAPI's own description of its documents. */
const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
const folder = new URL('../../../published/', import.meta.url);

const lacking = (schema: RecordSchema, at: string, what: (field: RecordSchema) => boolean): readonly string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(what(field) ? [] : [`${at}.${name}`]),
    ...lacking(field, `${at}.${name}`, what),
  ]),
  ...[schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])].flatMap((part) =>
    part ? lacking(part, at, what) : [],
  ),
];
const text = (schema: RecordSchema) => JSON.stringify(schema);

describe('the AsyncAPI document', () => {
  test('is one by the schema that AsyncAPI publishes', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    withFormats(ajv);
    assert.ok(ajv.validate(asyncApiSchema, asyncApi()), ajv.errorsText());
    const { channels } = asyncApi();
    const addressless = { ...asyncApi(), channels: { ...(channels as object), wrong: { address: 1 } } };
    assert.ok(!ajv.validate(asyncApiSchema, addressless), 'it refuses what is none');
  });

  test('has a channel for each public topic and for no private one, and every file that it names is there', () => {
    const channels = Object.values(asyncApi().channels as Record<string, { address: string }>);
    assert.deepEqual(
      channels.map(({ address }) => address),
      publicTopicDeclarations().map(({ name }) => name),
    );
    assert.ok(!channels.some(({ address }) => address.includes('private')));
    const committed = readFileSync(new URL('asyncapi.json', folder), 'utf8');
    const named = new Set([...committed.matchAll(/"(\.\/schemas\/[^"]+)"/g)].map(([, path]) => path!));
    assert.equal(named.size, Object.keys(schemaFiles()).length);
    for (const path of named) JSON.parse(readFileSync(new URL(path, folder), 'utf8'));
  });
});

describe('the schema of each public record', () => {
  const schemas = Object.entries(schemaFiles() as Record<string, RecordSchema>);

  test('is one of JSON Schema 2020-12, under an id of its own', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    withFormats(ajv);
    for (const [name, schema] of schemas) {
      assert.equal((schema as { $id?: string }).$id, `urn:quantrac:schema:${name.replace('.json', '')}`);
      ajv.compile(schema);
    }
    assert.deepEqual(
      schemas.map(([name]) => name),
      [...Object.keys(publicRecords()), 'EventHeaders'].map((type) => `${type}.json`),
    );
  });

  test('says what the record and each of its fields mean', () => {
    assert.deepEqual(
      schemas.filter(([, { description }]) => !description),
      [],
    );
    assert.deepEqual(
      schemas.flatMap(([name, schema]) => lacking(schema, name, ({ description }) => !!description)),
      [],
    );
  });

  test('says of times that they are UTC, and of decimals that they are text', () => {
    const says = (mark: RegExp, wanted: RegExp) => (field: RecordSchema) =>
      field.properties !== undefined ||
      field.items !== undefined ||
      !mark.test(text(field)) ||
      wanted.test(field.description ?? '');
    const found = (mark: RegExp, wanted: RegExp) =>
      schemas.flatMap(([name, schema]) => lacking(schema, name, says(mark, wanted)));
    assert.deepEqual(found(/"date-time"/, /UTC/), []);
    assert.deepEqual(found(/\\\\d\+\(/, /[Dd]ecimal text/), []);
  });
});
