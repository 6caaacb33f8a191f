import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Fault } from '@quantrac/event-sourcing';
import { variableOf } from '../settings.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Throws the Fault `invalid` where the address cannot be had. */
export async function listen(host: string, port: number, answer: Answer): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => end(response, 500));
  });
  const refused = ({ message }: Error) =>
    Fault.invalid('SettingsInvalid', `${variableOf('healthPort')}: ${host}:${port} cannot be used (${message})`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refused(error)));
    server.listen(port, host, resolve);
  });
  return server;
}

export function end(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
