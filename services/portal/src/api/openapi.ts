import { z } from 'zod';
import type { Owner } from './catalog.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
const problem = {
  description: 'A fault, as RFC 9457 problem details',
  content: { 'application/problem+json': { schema: { type: 'object' } } },
};

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that requests are checked by. */
export function openApiOf(catalog: Readonly<Record<string, Owner>>): Json {
  const paths: Json = { ...topicPaths };
  for (const [service, { commands, queries }] of Object.entries(catalog)) {
    for (const [name, { args, row }] of Object.entries(queries))
      paths[`/api/v1/${service}/${name}`] = { get: queryOf(service, name, args, row) };
    for (const [name, schema] of Object.entries(commands))
      paths[`/api/v1/${service}/commands/${name}`] = { post: commandOf(service, name, schema) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quantrac',
      version: '1',
      description: 'Environmental monitoring of one node: what was received, how it was judged, what was done.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
    paths,
  };
}

const queryOf = (service: string, name: string, args: z.ZodObject, row: z.ZodType | undefined): Json => ({
  operationId: `${service}.${name}`,
  tags: [service],
  parameters: Object.entries(args.shape).map(([parameter, schema]) => ({
    name: parameter,
    in: 'query',
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(schema as z.ZodType),
  })),
  responses: {
    200: {
      description: 'Rows, in order',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { rows: { type: 'array', items: row ? schemaOf(row) : { type: 'object' } } },
          },
        },
      },
    },
    default: problem,
  },
});

const commandOf = (service: string, name: string, schema: z.ZodType): Json => ({
  operationId: `${service}.${name}`,
  tags: [service],
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same key again gives the first result',
      schema: { type: 'string' },
    },
  ],
  requestBody: { required: true, content: { 'application/json': { schema: schemaOf(schema) } } },
  responses: { 200: { description: 'The result', content: { 'application/json': { schema: {} } } }, default: problem },
});

const topicPaths: Json = {
  '/api/v1/topics': {
    get: { operationId: 'topics', tags: ['topics'], responses: { 200: { description: 'The public topics' } } },
  },
  '/api/v1/topics/{topic}/events': {
    get: {
      operationId: 'events',
      tags: ['topics'],
      parameters: [
        { name: 'topic', in: 'path', required: true, schema: { type: 'string' } },
        {
          name: 'from',
          in: 'query',
          required: false,
          description: 'A position that an earlier answer gave as next; none: the first kept record',
          schema: { type: 'string' },
        },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000 } },
      ],
      responses: {
        200: { description: 'CloudEvents in structured mode and the position behind them' },
        default: problem,
      },
    },
  },
};
