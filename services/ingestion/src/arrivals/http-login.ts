import { setTimeout as delay } from 'node:timers/promises';
import { isFault } from '@quantrac/event-sourcing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Credentials } from './arrival.ts';
import type { LoginGuard } from './login-guard.ts';

export interface HttpLoginOptions {
  readonly credentials: Credentials;
  readonly guard: LoginGuard;
  readonly refused?: (reason: string) => void;
  readonly log: Logger;
  /** How long every failed login takes, whether the account exists or not. */
  readonly failedLoginMs: number;
  readonly retryAfterS: number;
}

/** The one answer to every login that fails, so that nothing is learned from it. */
const unauthorised = {
  outcome: 'refused',
  reason: 'account or key is wrong, or the account demands encryption',
  advice: 'send the header "authorization: Bearer <account>:<key>", or Basic, over HTTPS where the account demands it',
};

/** Sets the account of a request, or answers it: 401, 429 after too many failures, 503 when nobody can tell. */
export const httpLogin =
  ({ credentials, guard, refused, log, failedLoginMs, retryAfterS }: HttpLoginOptions) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const refuse = () => reply.code(401).header('www-authenticate', 'Basic realm="stations"').send(unauthorised);
    const sent = sentCredentials(request.headers.authorization);
    if (sent === undefined) {
      refused?.('LoginMissing');
      return refuse();
    }
    const { account, password } = sent;
    const from = request.ip;
    const began = performance.now();
    const waitMs = guard.waitMs(from, account, began);
    if (waitMs > 0) return tooManyFailures(reply, waitMs);
    try {
      const login = await credentials.check(account, password, {
        way: 'http',
        secure: request.protocol === 'https',
        from,
      });
      if (login.ok) {
        guard.succeeded(from, account, began);
        request.account = login.account;
        return undefined;
      }
    } catch (error) {
      if (!isFault(error) || error.kind !== 'unavailable') throw error;
      log.warn({ err: error }, 'logins cannot be checked');
      const reason = 'logins cannot be checked now';
      return reply.code(503).header('retry-after', retryAfterS).send({ outcome: 'unavailable', reason });
    }
    guard.failed(from, account, performance.now());
    log.info({ way: 'http', from, account }, 'login refused');
    await delay(failedLoginMs - (performance.now() - began));
    return refuse();
  };

const tooManyFailures = (reply: FastifyReply, waitMs: number): FastifyReply => {
  const seconds = Math.ceil(waitMs / 1000);
  const body = { outcome: 'refused', reason: 'too many failed logins', advice: `try again in ${seconds} s` };
  return reply.code(429).header('retry-after', seconds).send(body);
};

const sentCredentials = (
  header: string | undefined,
): { readonly account: string; readonly password: string } | undefined => {
  const [, scheme, value] = /^(Bearer|Basic) +(\S+) *$/i.exec(header ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : value;
  const colon = pair.indexOf(':');
  return colon < 1 ? undefined : { account: pair.slice(0, colon), password: pair.slice(colon + 1) };
};
