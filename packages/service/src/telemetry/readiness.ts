import type { GroupHealth } from '../definition.ts';
import { type AskedServer, asked, type Reasons } from './asked-servers.ts';
import type { Measure } from './metrics.ts';

/** What a service lacks to do its work. */
export interface Missing {
  readonly service: string;
  /** `start`, `Kafka`, `MongoDB`, `group <name>` or `stop`. */
  readonly what: string;
  /** ISO 8601; when it was first seen. */
  readonly since: string;
  readonly reason: string;
}

/** Whether one service can do its work; asked when somebody wants to know. */
export class Readiness {
  readonly #service: string;
  readonly #missing = new Map<string, { readonly since: number; readonly reason: string }>();
  #servers: () => Promise<Reasons> = asked([]);
  #health: () => readonly GroupHealth[] = () => [];

  constructor(service: string) {
    this.#service = service;
    this.starts('it is starting');
  }

  starts = (reason: string): void => {
    this.#missing.delete('stop');
    this.#note('start', reason);
  };

  stops(): void {
    this.#missing.clear();
    this.#note('stop', 'it is ending');
    this.#follows([], () => []);
  }

  started(servers: readonly AskedServer[], health: () => readonly GroupHealth[]): void {
    this.#note('start', undefined);
    this.#follows(servers, health);
  }

  async measures(): Promise<readonly Measure[]> {
    const missing = await this.missing();
    const servers = [...(await this.#servers())].map(([server, reason]): Measure => {
      return { metric: 'serverReady', labels: { server }, value: Number(reason === undefined) };
    });
    return [{ metric: 'ready', labels: {}, value: Number(missing.length === 0) }, ...servers];
  }

  /** Nothing: it is ready. */
  async missing(): Promise<readonly Missing[]> {
    for (const [name, reason] of await this.#servers()) this.#note(name, reason);
    for (const { group, lastError } of this.#health()) this.#note(`group ${group}`, lastError);
    return [...this.#missing].map(([what, { since, reason }]) => ({
      service: this.#service,
      what,
      since: new Date(since).toISOString(),
      reason,
    }));
  }

  #follows(servers: readonly AskedServer[], health: () => readonly GroupHealth[]): void {
    this.#servers = asked(servers);
    this.#health = health;
  }

  #note(what: string, reason: string | undefined): void {
    if (reason === undefined) this.#missing.delete(what);
    else this.#missing.set(what, { since: this.#missing.get(what)?.since ?? Date.now(), reason });
  }
}
