import { readFileSync } from 'node:fs';
import type { EventLog } from '@quantrac/event-log';
import { Fault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { isLoopback, type PortalSettings } from '../config.ts';
import type { Token } from '../domain/token.ts';
import { addPage } from '../pages/page.ts';
import { catalogOf } from './catalog.ts';
import { openApiOf } from './openapi.ts';
import { addOwner } from './owners.ts';
import { problemAnswerer } from './problems.ts';
import { statusLookout } from './status.ts';
import type { Tokens } from './tokens.ts';
import { addTopics } from './topics.ts';

export interface HttpOptions {
  readonly settings: PortalSettings;
  readonly node: string;
  readonly peer: (service: string) => Peer;
  /** Where topics are read. */
  readonly events: EventLog;
  readonly tokens: Tokens;
  readonly log: Logger;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once authenticated. */
    token: Token;
  }
}

const REQUEST_WITHIN_MS = 60_000;

/** The HTTP API and the status page, ready to listen; every request is checked, asked of its owner and answered as it answered. */
export function httpServer(options: HttpOptions): FastifyInstance {
  const { settings, peer, events, log } = options;
  const server = fastify({
    https: tlsOf(settings),
    trustProxy: settings.portalTrustedProxies,
    requestTimeout: REQUEST_WITHIN_MS,
    forceCloseConnections: true,
  } as object) as unknown as FastifyInstance;
  const answerProblem = problemAnswerer(log);
  server.setErrorHandler((error, _, reply) => answerProblem(error, reply));
  server.setNotFoundHandler(() => {
    throw Fault.notFound('PathUnknown', 'nothing is here: /api/v1/openapi.json says what is');
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    refusePlain(settings, request);
  });
  const catalog = catalogOf(settings.portalTier);
  const openApi = openApiOf(catalog);
  server.get('/api/v1/openapi.json', async () => openApi);
  addPage(server);
  addStatus(server, options);
  void server.register(async (authenticatedOnly) => {
    authenticatedOnly.addHook('onRequest', async (request) => {
      request.token = await authenticated(request, options.tokens);
    });
    authenticatedOnly.get('/api/v1/token', async ({ token: { secretHash: _, ...token } }) => token);
    addTopics(authenticatedOnly, { log: events, peer, producers: Object.keys(catalog) });
    for (const [service, owner] of Object.entries(catalog)) addOwner(authenticatedOnly, service, owner, peer);
  });
  return server;
}

/** On loopback whoever can log in to the server may see the state; beyond it, or behind a proxy, only who has a token. */
function addStatus(server: FastifyInstance, { settings, node, peer, tokens }: HttpOptions): void {
  const status = statusLookout(settings.portalTier, node, peer, () => ({ 'refused-tokens': tokens.refused() }));
  const local = isLoopback(settings.portalHost) && settings.portalTrustedProxies.length === 0;
  server.get('/api/v1/status', async (request) => {
    const forwarded = 'x-forwarded-for' in request.headers || 'forwarded' in request.headers;
    if (!local || forwarded) await authenticated(request, tokens);
    return status();
  });
}

async function authenticated({ headers }: FastifyRequest, tokens: Tokens): Promise<Token> {
  const [, secret = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const token = await tokens.verified(secret);
  if (!token) throw Fault.rejected('TokenRefused', 'send a valid token as Authorization: Bearer <token>');
  return token;
}

/** Beyond loopback a token never travels readable: without TLS of its own, only what a trusted proxy says came encrypted. */
function refusePlain({ portalHost, portalTlsCertificate }: PortalSettings, { protocol }: FastifyRequest): void {
  if (!isLoopback(portalHost) && !portalTlsCertificate && protocol !== 'https')
    throw Fault.rejected(
      'EncryptionMissing',
      'ask over https, through the trusted proxy; the proxy says X-Forwarded-Proto: https',
    );
}

function tlsOf({ portalTlsCertificate, portalTlsKey }: PortalSettings) {
  if (!portalTlsCertificate || !portalTlsKey) return null;
  return {
    cert: pem('QUANTRAC_PORTAL_TLS_CERTIFICATE', portalTlsCertificate),
    key: pem('QUANTRAC_PORTAL_TLS_KEY', portalTlsKey),
  };
}

function pem(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw Fault.invalid('SettingsInvalid', `${setting}: ${(error as Error).message}`);
  }
}
