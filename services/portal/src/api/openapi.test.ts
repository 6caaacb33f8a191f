import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogOf } from './catalog.ts';
import { openApiOf } from './openapi.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<Record<string, { $ref?: string; description?: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const placeAt = (document: unknown, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);

/** Every `$ref` of a document, wherever it stands. */
const references = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, each]) =>
        name === '$ref' && typeof each === 'string' ? [each] : references(each),
      );

for (const tier of ['province', 'national'] as const) {
  const catalog = catalogOf(tier);
  const document = JSON.parse(JSON.stringify(openApiOf(catalog))) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

  describe(`the OpenAPI document of the ${tier} tier`, () => {
    it('says its version, title and paths as OpenAPI 3.1 wants', () => {
      assert.match(document.openapi, /^3\.1\.\d+$/);
      assert.ok(document.info.title && document.info.version);
      for (const { path, method } of operations) {
        assert.match(path, /^\/[\w/.{}-]+$/);
        assert.ok(['get', 'post'].includes(method), method);
      }
    });

    it('names every operation once', () => {
      const ids = operations.map(({ operation }) => operation.operationId);
      assert.deepEqual(ids.length, new Set(ids).size);
    });

    it('declares each parameter once, with a schema, and those of the path as required', () => {
      for (const { path, operation } of operations) {
        const parameters = operation.parameters ?? [];
        assert.equal(new Set(parameters.map(({ name, in: at }) => `${at} ${name}`)).size, parameters.length);
        const inPath = parameters.filter(({ in: at }) => at === 'path');
        assert.deepEqual(
          inPath.map(({ name }) => `{${name}}`),
          path.match(/\{\w+\}/g) ?? [],
        );
        for (const { in: at, required, schema } of parameters) {
          assert.ok(['path', 'query', 'header'].includes(at));
          assert.ok(at !== 'path' || required);
          assert.equal(typeof schema, 'object');
        }
      }
    });

    it('describes every answer, and the body of every command', () => {
      for (const { method, operation } of operations) {
        assert.deepEqual(Object.keys(operation.responses), ['200', 'default']);
        for (const { $ref, description } of Object.values(operation.responses)) assert.ok($ref ?? description);
        assert.equal(method === 'post', operation.requestBody !== undefined);
      }
    });

    it('refers to nothing that is not there, and speaks one dialect of JSON Schema', () => {
      for (const reference of references(document)) {
        assert.match(reference, /^#\//);
        assert.ok(placeAt(document, reference), reference);
      }
      assert.doesNotMatch(JSON.stringify(document), /"\$(schema|defs|id)"/);
    });

    it('has every query and command of the tier', () => {
      for (const [service, { commands, queries }] of Object.entries(catalog)) {
        for (const name of Object.keys(queries)) assert.ok(document.paths[`/api/v1/${service}/${name}`]?.get);
        for (const name of Object.keys(commands))
          assert.ok(document.paths[`/api/v1/${service}/commands/${name}`]?.post);
      }
    });
  });
}

describe('the catalogue', () => {
  it('leaves out what services ask of each other', () => {
    const { commands } = catalogOf('province')['station-registry']!;
    assert.ok('RegisterStation' in commands);
    for (const name of ['CheckCredentials', 'RecordApproval']) assert.ok(!(name in commands), name);
  });
});
