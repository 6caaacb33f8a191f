import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Actor } from '@quantrac/contracts';
import { topics, toStructured } from '@quantrac/contracts';
import type { EventLog } from '@quantrac/event-log';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { type Peer, problemOf } from '@quantrac/service';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { z } from 'zod';
import { isLoopback, type PortalSettings } from '../config.ts';
import { mayAsk, mayCommand, visible } from '../domain/permissions.ts';
import type { Token } from '../domain/token.ts';
import { statusPage } from '../pages/status-page.ts';
import { catalogOf, type Owner } from './catalog.ts';
import { openApiOf } from './openapi.ts';
import { statusOf } from './status.ts';
import type { Tokens } from './tokens.ts';

export interface HttpOptions {
  readonly settings: PortalSettings;
  readonly node: string;
  readonly peer: (service: string) => Peer;
  readonly log: EventLog;
  readonly tokens: Tokens;
}

type Query = Record<string, string>;

/** The HTTP API and the status page; every request is checked, asked of its owner and answered as it answered. */
export async function openHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { settings } = options;
  const { portalHost, portalPort, portalTlsCertificate, portalTlsKey, portalTrustedProxies } = settings;
  const https =
    portalTlsCertificate && portalTlsKey
      ? { https: { cert: readFileSync(portalTlsCertificate), key: readFileSync(portalTlsKey) } }
      : {};
  const server = fastify({
    ...https,
    trustProxy: [...portalTrustedProxies],
    bodyLimit: 64 << 20,
    forceCloseConnections: true,
  } as object) as unknown as FastifyInstance;
  server.setErrorHandler((error, _, reply) => answerFault(reply, error));
  server.setNotFoundHandler((_, reply) =>
    answerFault(reply, Fault.notFound('PathUnknown', 'nothing is here: /api/v1/openapi.json says what is')),
  );
  const catalog = catalogOf(settings.portalTier);
  const openApi = openApiOf(catalog);
  server.get('/api/v1/openapi.json', async () => openApi);
  server.get('/', async (_, reply) => reply.type('text/html; charset=utf-8').send(statusPage(settings.portalTier)));
  addStatus(server, options);
  addTopics(server, options);
  for (const [service, owner] of Object.entries(catalog)) addOwner(server, service, owner, options);
  await server.listen({ host: portalHost, port: portalPort });
  return server;
}

function addOwner(
  server: FastifyInstance,
  service: string,
  { commands, queries }: Owner,
  { peer, tokens }: HttpOptions,
): void {
  for (const [name, { args }] of Object.entries(queries))
    server.get<{ Querystring: Query }>(`/api/v1/${service}/${name}`, async (request) => {
      const token = await authenticated(request, tokens);
      const asked = checked(args, typed(args, request.query));
      mayAsk(token, asked);
      return { rows: visible(token, await peer(service).query(name, asked as object)) };
    });
  for (const [name, schema] of Object.entries(commands))
    server.post(`/api/v1/${service}/commands/${name}`, async (request) => {
      const token = await authenticated(request, tokens);
      const data = checked(schema, request.body);
      mayCommand(token, name, data);
      const key = request.headers['idempotency-key'];
      const commandId = typeof key === 'string' && key.length <= 200 ? `${token.token}/${key}` : randomUUID();
      return (await peer(service).handle(name, data as object, { actor: actorOf(token, request), commandId })) ?? {};
    });
}

/** On loopback whoever can log in to the server may see the state; beyond it only who has a token. */
function addStatus(server: FastifyInstance, options: HttpOptions): void {
  const { settings, tokens } = options;
  const open = isLoopback(settings.portalHost) && settings.portalTrustedProxies.length === 0;
  server.get('/api/v1/status', async (request) => {
    if (!open) await authenticated(request, tokens);
    return statusOf(settings.portalTier, options.node, options.peer);
  });
}

const MOST_EVENTS = 1000;

function addTopics(server: FastifyInstance, { log, tokens }: HttpOptions): void {
  const open = Object.values(topics).filter((topic) => topic.public);
  server.get('/api/v1/topics', async (request) => {
    await authenticated(request, tokens);
    return {
      topics: open.map(({ name, description, key, records }) => ({
        name,
        description,
        key,
        records: Object.keys(records),
      })),
    };
  });
  server.get<{ Params: { topic: string }; Querystring: Query }>('/api/v1/topics/:topic/events', async (request) => {
    const token = await authenticated(request, tokens);
    const topic = open.find(({ name }) => name === request.params.topic);
    if (!topic) throw Fault.notFound('TopicUnknown', `no public topic is called ${request.params.topic}`);
    const limit = Math.min(MOST_EVENTS, Math.max(1, Number(request.query.limit) || MOST_EVENTS));
    const { records, positions } = await log.read(topic, request.query.from || undefined, limit);
    const seen = visible(
      token,
      records.map((record) => ({ record, station: record.key })),
    );
    return {
      next: positions[topic.name] ?? request.query.from ?? null,
      events: seen.map(({ record }) => JSON.parse(toStructured(record)) as unknown),
    };
  });
}

async function authenticated(request: FastifyRequest, tokens: Tokens): Promise<Token> {
  const [, secret = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const token = await tokens.verified(secret);
  if (!token)
    throw Object.assign(Fault.rejected('TokenRefused', 'send a valid token as Authorization: Bearer <token>'), {
      statusCode: 401,
    });
  return token;
}

const actorOf = ({ token, role, organisation }: Token, request: FastifyRequest): Actor => ({
  account: `token:${token}`,
  role,
  ...(organisation && { organisation }),
  from: request.ip,
});

/** Text of an address as what the schema wants there: numbers, true and false, lists by commas. */
function typed(schema: z.ZodObject, query: Query): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => {
      const wanted = schema.shape[name] as z.ZodType | undefined;
      if (!wanted || wanted.safeParse(text).success) return [name, text];
      if (wanted.safeParse(text.split(',')).success) return [name, text.split(',')];
      const plain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(text) ? (JSON.parse(text) as unknown) : text;
      return [name, plain];
    }),
  );
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw Fault.invalid(
    'DataInvalid',
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; '),
  );
}

function answerFault(reply: FastifyReply, error: unknown): FastifyReply {
  const { statusCode } = error as { statusCode?: number };
  const fault = isFault(error)
    ? error
    : statusCode && statusCode < 500
      ? Fault.invalid('RequestInvalid', (error as Error).message)
      : undefined;
  if (!fault) {
    reply.log.error(error);
    return reply
      .code(500)
      .type('application/problem+json')
      .send({
        type: 'about:blank',
        title: 'Bug',
        status: 500,
        detail: 'this is a fault of the program: tell its makers when it happened',
      });
  }
  const problem = problemOf(fault);
  const status = statusCode ?? problem.status;
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ ...problem, status });
}
