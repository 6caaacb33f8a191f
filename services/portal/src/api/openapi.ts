import { z } from 'zod';
import type { Owner } from './catalog.ts';
import { topicArguments } from './topics.ts';

type Json = Record<string, unknown>;

const text = { type: 'string' };
const responses = (description: string, schema: Json, type = 'application/json'): Json => ({
  200: { description, content: { [type]: { schema } } },
  default: { $ref: '#/components/responses/problem' },
});

/** The HTTP API as an OpenAPI 3.1 document, made from the schemas that requests are checked by. */
export function openApiOf(catalog: Readonly<Record<string, Owner>>): Json {
  const paths: Json = { ...ownPaths };
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
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, responses: { problem } },
  };
}

const problem = {
  description: 'What went wrong and what to do, as RFC 9457 problem details; `title` is its code, for programs',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        properties: { type: text, title: text, status: { type: 'integer' }, detail: text },
        required: ['type', 'title', 'status', 'detail'],
      },
    },
  },
};

const queryOf = (service: string, name: string, args: z.ZodObject, row: z.ZodType | undefined): Json => ({
  operationId: `${service}.${name}`,
  tags: [service],
  parameters: parametersOf(args),
  responses: responses('Rows, in order', {
    type: 'object',
    properties: { rows: { type: 'array', items: row ? schemaOf(row, 'output') : { type: 'object' } } },
    required: ['rows'],
  }),
});

const commandOf = (service: string, name: string, schema: z.ZodType): Json => ({
  operationId: `${service}.${name}`,
  tags: [service],
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same key of the same token again gives the first result',
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    },
    {
      name: 'Quantrac-On-Behalf-Of',
      in: 'header',
      required: false,
      description: 'The account for whom the token asks, where that is somebody else',
      schema: { type: 'string', minLength: 1, maxLength: 64 },
    },
  ],
  requestBody: { required: true, content: { 'application/json': { schema: schemaOf(schema, 'input') } } },
  responses: responses('The result', {}),
});

const parametersOf = ({ shape }: z.ZodObject): Json[] =>
  Object.entries(shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    /** Lists are apart by commas. */
    explode: false,
    schema: schemaOf(schema, 'input'),
  }));

/** `$schema` goes: the document says once which dialect it speaks. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}

const topicParameter = { name: 'topic', in: 'path', required: true, schema: text };
const cloudEvent = {
  type: 'object',
  description: 'CloudEvents 1.0 in structured mode',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'sequence', 'data'],
};

const get = (operationId: string, tag: string, answers: Json, parameters: readonly Json[] = []): Json => ({
  get: { operationId, tags: [tag], parameters, responses: answers },
});

const ownPaths: Json = {
  '/api/v1/status': get('status', 'node', responses('The state of the node', { type: 'object' })),
  '/api/v1/token': get('token', 'node', responses('The token that asks: its role and scope', { type: 'object' })),
  '/api/v1/topics': get('topics', 'topics', responses('The public topics', { type: 'object' })),
  '/api/v1/topics/{topic}/events': get(
    'events',
    'topics',
    responses('Events, and the position behind them', {
      type: 'object',
      properties: { next: { type: ['string', 'null'] }, events: { type: 'array', items: cloudEvent } },
      required: ['next', 'events'],
    }),
    [topicParameter, ...parametersOf(topicArguments.events)],
  ),
  '/api/v1/topics/{topic}/history': get(
    'history',
    'topics',
    responses('All events that the owner keeps, one a line, ascending per subject', cloudEvent, 'application/x-ndjson'),
    [topicParameter, ...parametersOf(topicArguments.history)],
  ),
};
