import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Fault } from '@quantrac/event-sourcing';
import { type CommonSettings, variableOf } from '../settings.ts';
import { Readiness } from './readiness.ts';

/** How one service of the process tells how it fares. */
export interface Monitored {
  readonly readiness: Readiness;
  /** Listens, if nothing does yet. */
  open(): Promise<void>;
  /** The last one that is open closes the listener. */
  close(): Promise<void>;
}

const monitors = new Map<number, Monitor>();

/** One listener a port for all services of the process; undefined: no port is set. Asked again for a service it answers the same. */
export function monitored(settings: CommonSettings, service: string): Monitored | undefined {
  const { healthPort: port, healthHost: host = '127.0.0.1' } = settings;
  if (port === undefined) return undefined;
  const monitor = monitors.get(port) ?? new Monitor(host, port);
  monitors.set(port, monitor);
  return monitor.of(service);
}

/** Answers `/live` and `/ready` over HTTP. */
class Monitor {
  readonly #host: string;
  readonly #port: number;
  readonly #services = new Map<string, Monitored>();
  readonly #open = new Set<string>();
  #listening: Promise<Server> | undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  of(service: string): Monitored {
    const known = this.#services.get(service) ?? {
      readiness: new Readiness(service),
      open: () => this.#opened(service),
      close: () => this.#closed(service),
    };
    this.#services.set(service, known);
    return known;
  }

  async #opened(service: string): Promise<void> {
    this.#open.add(service);
    this.of(service).readiness.starts('it is starting');
    this.#listening ??= listen(this.#host, this.#port, (request, response) => this.#answer(request, response));
    await this.#listening;
  }

  async #closed(service: string): Promise<void> {
    this.#open.delete(service);
    if (this.#open.size > 0) return;
    monitors.delete(this.#port);
    const server = await this.#listening?.catch(() => undefined);
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (url ?? '').split('?');
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405);
    if (path === '/live') return end(response, 200);
    if (path !== '/ready') return end(response, 404);
    const missing = await Promise.all([...this.#services.values()].map(({ readiness }) => readiness.missing()));
    return end(response, missing.flat().length === 0 ? 200 : 503, missing.flat());
  }
}

function end(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function listen(
  host: string,
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => end(response, 500));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(
        Fault.invalid('SettingsInvalid', `${variableOf('healthPort')}: ${host}:${port} cannot be used (${message})`),
      ),
    );
    server.listen(port, host, resolve);
  });
  return server;
}
