import { randomUUID } from 'node:crypto';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { Logger } from 'pino';
import type { Running } from './definition.ts';
import { serversOf } from './server-settings.ts';
import type { CommonSettings } from './settings.ts';

interface Held {
  /** Empty: given back. */
  readonly holder: string;
}

export interface LeaseOptions {
  readonly documents: DocumentStore;
  readonly name: string;
  /** Others take it over when it has not been renewed for so long. */
  readonly leaseMs?: number;
}

const leases: Collection<Held> = { name: 'leases' };
const LEASE_MS = 6000;

/**
 * Shares out work that one instance of a service does at a time. No clocks are compared: whoever sees the same revision for as long as a lease
 * takes it over. It never protects a result: a holder that slept finds that its writes lose.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #holder = randomUUID();
  readonly #leaseMs: number;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #seen = { revision: -1, since: 0 };

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
  }

  /** How often `renew` is to be called. */
  get everyMs(): number {
    return this.#leaseMs / 4;
  }

  /** A third sooner than anyone else may believe otherwise. */
  isHeld = (): boolean => performance.now() < this.#heldUntil;

  /** Whether it is held now. */
  async renew(): Promise<boolean> {
    const { documents, name } = this.#options;
    const asked = performance.now();
    const stored = await documents.get(leases, name);
    const { holder = '' } = stored?.document ?? {};
    const revision = stored?.revision ?? 0;
    if (revision !== this.#seen.revision) this.#seen = { revision, since: asked };
    const isFree = holder === '' || holder === this.#holder || asked - this.#seen.since >= this.#leaseMs;
    if (!isFree) return this.#lost();
    const document = { holder: this.#holder };
    const [done] = await documents.putMany(leases, [{ key: name, document, expected: revision }]);
    if (done === undefined) return this.#lost();
    this.#heldUntil = asked + (this.#leaseMs * 2) / 3;
    return this.isHeld();
  }

  /** For the next holder, who then need not wait. */
  async giveBack(): Promise<void> {
    const { documents, name } = this.#options;
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    const stored = await documents.get(leases, name);
    if (stored?.document.holder !== this.#holder) return;
    await documents.putMany(leases, [{ key: name, document: { holder: '' }, expected: stored.revision }]);
  }

  #lost(): false {
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    return false;
  }
}

/** Runs work while the lease is held: started on taking it, stopped on losing it. */
export function whileHeld(lease: Lease, start: () => Promise<Running>, log: Logger): Running {
  let running: Running | undefined;
  let stopping = false;
  const look = async () => {
    const held = !stopping && (await lease.renew().catch(() => lease.isHeld()));
    if (held && !running) running = await start();
    if (held || !running) return;
    const lost = running;
    running = undefined;
    await lost.stop();
  };
  const warn = (error: unknown) => log.warn({ error }, 'work that one instance does could not be begun or ended');
  let looking = look().catch(warn);
  const timer = setInterval(() => {
    looking = looking.then(look).catch(warn);
  }, lease.everyMs);
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await looking.then(look).catch(warn);
      await lease.giveBack().catch(warn);
    },
  };
}

/** How work is run that one instance of the service does at a time. A service that works on a file of its own is the only one. */
export const aloneOn =
  (settings: CommonSettings, documents: DocumentStore, log: Logger) =>
  async (name: string, start: () => Promise<Running>): Promise<Running> =>
    serversOf(settings) ? whileHeld(new Lease({ documents, name }), start, log) : start();
