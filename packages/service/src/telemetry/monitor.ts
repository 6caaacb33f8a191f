import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { BatchOutcome } from '@quantrac/stream-processing';
import type { CommonSettings } from '../settings.ts';
import type { Exposition } from './exposition.ts';
import { end, listen } from './listener.ts';
import type { Measure, Measures } from './metrics.ts';
import { Readiness } from './readiness.ts';

/** How one service of the process tells how it fares. */
export interface Monitored {
  readonly readiness: Readiness;
  readonly counts: Counts;
  /** Listens, if nothing does yet. */
  open(): Promise<void>;
  /** What gauges show of it; asked while the service is open. */
  measures(measures: Measures): void;
  /** The last one that is open closes the listener. */
  close(): Promise<void>;
}

/** What happens to a service's groups, told once a batch. */
export interface Counts {
  /** No outcome: the batch comes again. */
  batch(group: string, seconds: number, outcome: BatchOutcome | undefined): void;
  rejected(group: string): void;
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

interface Watched extends Monitored {
  /** Undefined: it is not open. */
  asked: Measures | undefined;
}

/** Answers `/live`, `/ready` and `/metrics` over HTTP. */
class Monitor {
  readonly #host: string;
  readonly #port: number;
  readonly #services = new Map<string, Watched>();
  #listening: Promise<Server> | undefined;
  #exposition: Exposition | undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  of(service: string): Monitored {
    const known = this.#services.get(service) ?? this.#watched(service);
    this.#services.set(service, known);
    return known;
  }

  #watched(service: string): Watched {
    const readiness = new Readiness(service);
    const watched: Watched = {
      readiness,
      counts: this.#countsOf(service),
      asked: undefined,
      open: () => {
        watched.asked = async () => [];
        readiness.starts('it is starting');
        this.#listening ??= this.#listen();
        return this.#listening.then(() => undefined);
      },
      measures(measures) {
        watched.asked = measures;
      },
      close: () => {
        watched.asked = undefined;
        return this.#closed();
      },
    };
    return watched;
  }

  #countsOf = (service: string): Counts => ({
    batch: (group, seconds, outcome) => {
      const labels = { service, group };
      this.#exposition?.took(seconds, labels);
      if (!outcome) this.#exposition?.count('batchesFailed', 1, labels);
      for (const [name, count] of Object.entries(outcome ?? {}))
        this.#exposition?.count('records', count, { ...labels, outcome: name });
    },
    rejected: (group) => this.#exposition?.count('rejected', 1, { service, group }),
  });

  async #listen(): Promise<Server> {
    // who tells nobody loads nothing
    const { Exposition } = await import('./exposition.ts');
    this.#exposition = new Exposition(() => this.#measures());
    return listen(this.#host, this.#port, (request, response) => this.#answer(request, response));
  }

  async #closed(): Promise<void> {
    if ([...this.#services.values()].some(({ asked }) => asked)) return;
    monitors.delete(this.#port);
    const server = await this.#listening?.catch(() => undefined);
    await this.#exposition?.close();
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (url ?? '').split('?');
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405);
    if (path === '/live') return end(response, 200);
    if (path === '/metrics') return this.#exposition!.answer(response);
    if (path !== '/ready') return end(response, 404);
    const missing = await Promise.all([...this.#services.values()].map(({ readiness }) => readiness.missing()));
    return end(response, missing.flat().length === 0 ? 200 : 503, missing.flat());
  }

  async #measures(): Promise<readonly Measure[]> {
    const measures = [...this.#services].map(async ([service, { readiness, asked }]) => {
      const all = [...(await readiness.measures()), ...((await asked?.()) ?? [])];
      return all.map((measure) => ({ ...measure, labels: { service, ...measure.labels } }));
    });
    return (await Promise.all(measures)).flat();
  }
}
