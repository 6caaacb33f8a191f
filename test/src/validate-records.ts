import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Entry {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

type Schema = { [keyword: string]: unknown };
const folder = new URL('../../published/schemas/', import.meta.url);

/** Nothing may stand in a record that its schema does not describe; for readers the schema is open. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return inside.type === 'object' && inside.properties ? { additionalProperties: false, ...inside } : inside;
};

function committedSchemas(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  formats.default(ajv);
  return new Map(
    readdirSync(folder).map((file) => {
      const schema = closed(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))) as Schema;
      return [file.replace('.json', ''), ajv.compile(schema)];
    }),
  );
}

/** Checks records against the schemas in `published/`: what is wrong with one, in words; empty: nothing. */
export function recordCheck(): (record: Entry) => readonly string[] {
  const schemas = committedSchemas();
  const wrong = (name: string, value: unknown): readonly string[] => {
    const validate = schemas.get(name);
    if (!validate) return [`no schema is published of ${name}`];
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  return ({ key, headers, value }) => [
    ...wrong('EventHeaders', headers),
    ...(headers.ce_subject === key ? [] : [`ce_subject ${headers.ce_subject} is not the key ${key}`]),
    ...wrong(headers.ce_type ?? '', JSON.parse(Buffer.from(value).toString('utf8'))),
  ];
}
