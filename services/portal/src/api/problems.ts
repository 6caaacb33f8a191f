import { Fault, isFault } from '@quantrac/event-sourcing';
import { problemOf } from '@quantrac/service';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';

/** Faults that HTTP tells apart more finely than their kinds. */
const statusOfCode: Readonly<Record<string, number>> = {
  TokenRefused: 401,
  EncryptionMissing: 403,
  RoleForbids: 403,
  ScopeForbids: 403,
  PositionLost: 410,
};

const bug = {
  type: 'about:blank',
  title: 'Bug',
  status: 500,
  detail: 'this is a fault of the program: tell its makers when it happened',
};

/** Answers what went wrong as RFC 9457 problem details; what nobody foresaw is logged, and told to nobody. */
export const problemAnswerer = (log: Logger) => (error: unknown, reply: FastifyReply) => {
  const problem = isFault(error) ? faultProblem(error) : (refusalOf(error) ?? bug);
  if (problem === bug) log.error({ err: error, path: reply.request.routeOptions.url }, 'a request met a bug');
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(problem.status).type('application/problem+json').send(problem);
};

function faultProblem(fault: Fault) {
  const problem = problemOf(fault);
  return { ...problem, status: statusOfCode[fault.code] ?? problem.status };
}

/** What the HTTP server itself refuses: a body too large, bad JSON, a type of content that nobody reads. */
function refusalOf(error: unknown) {
  const { statusCode: status = 500, message } = error as { statusCode?: number; message: string };
  return status < 500 ? { ...problemOf(Fault.invalid('RequestInvalid', message)), status } : undefined;
}
