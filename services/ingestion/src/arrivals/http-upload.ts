import type { AddressInfo } from 'node:net';
import { Fault, isFault } from '@quantrac/event-sourcing';
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { type Answer, type Credentials, maxFileBytesByDefault, type Receive } from './arrival.ts';
import { virtualFilePath } from './arrival-path.ts';
import { readBatch, type SentFile } from './http-batch.ts';
import { httpLogin } from './http-login.ts';
import type { LoginGuard } from './login-guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the login. */
    account: string;
  }
}

export interface HttpUploadOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM; without it plain HTTP, which the credentials may refuse. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Addresses of reverse proxies whose X-Forwarded headers tell the sender and whether it encrypted. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
  readonly receive: Receive;
  readonly credentials: Credentials;
  readonly guard: LoginGuard;
  /** Told the reason of each refusal that the receiver does not see. */
  readonly refused?: (reason: string) => void;
  readonly log: Logger;
}

export interface HttpLimits {
  readonly maxFileBytes: number;
  /** Of a request with many files. */
  readonly maxRequestBytes: number;
  /** In one request. */
  readonly maxFiles: number;
  /** Of all requests that are coming in or being answered. */
  readonly maxBytesUnderWay: number;
  readonly maxConnections: number;
  /** Within it a request must have come whole. */
  readonly requestMs: number;
  /** How long every failed login takes, whether the account exists or not. */
  readonly failedLoginMs: number;
  /** What a sender is told to wait when the node cannot take its file. */
  readonly retryAfterS: number;
}

export const httpLimitsByDefault: HttpLimits = {
  maxFileBytes: maxFileBytesByDefault,
  maxRequestBytes: 32 * 1024 * 1024,
  maxFiles: 1000,
  maxBytesUnderWay: 256 * 1024 * 1024,
  maxConnections: 2000,
  requestMs: 120_000,
  failedLoginMs: 500,
  retryAfterS: 30,
};

export interface HttpUpload {
  readonly port: number;
  /** Takes no more, lets what is under way be answered for up to five seconds, and closes. */
  close(): Promise<void>;
}

/** What a sender is told of one file: the receiver's answer, or that it was not kept and should be sent again. */
type FileAnswer = { readonly path: string } & (Answer | { readonly outcome: 'unavailable'; readonly reason: string });

const statusOf = { accepted: 201, repeat: 200, held: 202, refused: 422, unavailable: 503 } as const;

/**
 * `POST /v1/files`, with an account's key. One file: its bytes as the body, its relative path (the one that FTP would
 * have) as `?path=`, answered 201 accepted, 200 repeat, 202 held, 422 refused, 503 try again. Many files: JSON, see
 * `readBatch`, answered 200 with an answer for each, 503 when any of them must be sent again: those that were kept are
 * repeats then.
 */
export const openHttpUpload = async (options: HttpUploadOptions): Promise<HttpUpload> => {
  const limits = { ...httpLimitsByDefault, ...options.limits };
  const app = uploadApp(options, limits);
  const onRequest = [httpLogin({ ...options, ...limits }), asFileUnlessJson, withinMemory(limits)];

  app.post('/v1/files', { onRequest }, async (request, reply) => {
    if (request.headers['content-type'] !== undefined) return answerMany(request, reply);
    const { path } = request.query as { path?: unknown };
    const file = { path: typeof path === 'string' ? path : '', bytes: (request.body as Buffer | undefined) ?? empty };
    const answer = await handOver(options, request, file);
    return send(reply, statusOf[answer.outcome], answer);
  });

  const answerMany = async (request: FastifyRequest, reply: FastifyReply) => {
    const sent = readBatch(request.body, limits);
    const files = await Promise.all(
      sent.map((file) => handOver(options, request, file).catch((error) => failed(file.path, error))),
    );
    return send(reply, files.some(({ outcome }) => outcome === 'unavailable') ? 503 : 200, { files });
  };
  /** The other files of the request are answered all the same. */
  const failed = (path: string, error: unknown): FileAnswer => {
    options.log.error({ err: error, path }, 'an upload over HTTP failed');
    return { path, outcome: 'unavailable', reason: 'the server failed on it: try again later' };
  };
  const send = (reply: FastifyReply, status: number, body: object) => {
    if (status === 503) reply.header('retry-after', limits.retryAfterS);
    return reply.code(status).send(body);
  };

  await app.listen({ host: options.host, port: options.port });
  return {
    port: (app.server.address() as AddressInfo).port,
    async close() {
      const late = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
      await app.close();
      clearTimeout(late);
    },
  };
};

const closeWithinMs = 5_000;

const empty = Buffer.alloc(0);

const handOver = async (
  { receive, refused }: HttpUploadOptions,
  request: FastifyRequest,
  file: SentFile,
): Promise<FileAnswer> => {
  const { path: sent } = file;
  if ('unreadable' in file) {
    refused?.('FileUnreadable');
    return { path: sent, outcome: 'refused', reason: file.unreadable, advice: 'send it again' };
  }
  try {
    const path = virtualFilePath(sent);
    const arrival = { way: 'http', account: request.account, path, bytes: file.bytes, from: request.ip } as const;
    return { path: sent, ...(await receive(arrival)) };
  } catch (error) {
    if (isFault(error, 'PathUnusable')) {
      refused?.(error.code);
      return { path: sent, outcome: 'refused', reason: error.message, advice: 'send it under another path' };
    }
    if (isFault(error) && error.kind === 'unavailable')
      return { path: sent, outcome: 'unavailable', reason: error.message };
    throw error;
  }
};

/** Whatever a logger calls its bytes, they are a file; only JSON means many, and only plain bytes can be kept. */
const asFileUnlessJson = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
  const { headers } = request.raw;
  if (headers['content-encoding'] !== undefined)
    return reply.code(415).send(refusal('the body is compressed', 'send it as it is'));
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) delete headers['content-type'];
  return undefined;
};

/** Many large requests at once must not exhaust the process: one beyond that is to be sent again. */
const withinMemory = ({ maxBytesUnderWay, maxFileBytes, maxRequestBytes, retryAfterS }: HttpLimits) => {
  let underWay = 0;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const largest = request.headers['content-type'] === undefined ? maxFileBytes : maxRequestBytes;
    const size = Math.min(Number(request.headers['content-length'] ?? largest), largest);
    if (underWay + size > maxBytesUnderWay) {
      const reason = 'too many large requests come at once';
      return reply.code(503).header('retry-after', retryAfterS).send({ outcome: 'unavailable', reason });
    }
    underWay += size;
    reply.raw.once('close', () => {
      underWay -= size;
    });
    return undefined;
  };
};

const refusal = (reason: string, advice: string) => ({ outcome: 'refused', reason, advice });

const uploadApp = ({ tls, trustedProxies, log, refused }: HttpUploadOptions, limits: HttpLimits): FastifyInstance => {
  const app = fastify({
    ...(tls && { https: tls }),
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    requestTimeout: limits.requestMs,
    bodyLimit: limits.maxFileBytes,
  }) as unknown as FastifyInstance;
  app.server.maxConnections = limits.maxConnections;
  app.decorateRequest('account', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const json = { parseAs: 'string' as const, bodyLimit: limits.maxRequestBytes };
  app.addContentTypeParser<string>('application/json', json, (_request, body, done) => {
    try {
      done(null, JSON.parse(body));
    } catch {
      done(Fault.invalid('BatchUnreadable', 'the body is not JSON: a file is sent with another content type'));
    }
  });
  app.setErrorHandler((error: FastifyError | Fault, request, reply) => {
    if (isFault(error)) return reply.code(400).send(refusal(error.message, 'correct the request'));
    const status = error.statusCode ?? 500;
    if (status === 413) refused?.('FileTooLarge');
    if (status === 413) return reply.code(413).send(refusal(`${request.url} is too large`, 'send it in parts'));
    if (status < 500) return reply.code(status).send(refusal(error.message, 'correct the request'));
    log.error({ err: error }, 'an upload over HTTP failed');
    return reply.code(500).send({ outcome: 'unavailable', reason: 'the server failed: try again later' });
  });
  return app;
};
