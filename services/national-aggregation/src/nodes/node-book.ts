import type { Heartbeat } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { Refused } from '../receiving/verify-block.ts';

/** What is known of a node beside its journal. Instants are ISO text. */
export interface NodeEntry {
  readonly node: string;
  readonly enrolledAt: string;
  readonly lastSeen: string | null;
  /** How far its own journal reaches, as it said last. */
  readonly appended: number;
  /** Why it may not go on; null again once it goes on. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
  readonly version: string | null;
  readonly diskFree: number | null;
  readonly lateStations: number | null;
  readonly clockOffsetMs: number | null;
}

export interface RefusalEntry extends Refused {
  readonly node: string;
  readonly times: number;
  readonly first: string;
  readonly last: string;
}

const nodes: Collection<NodeEntry> = { name: 'nodes' };
const refusals: Collection<RefusalEntry> = { name: 'refusals' };
/** That a node was heard is worth a write this often. */
const KEEP_EVERY_MS = 10_000;

const unknown = {
  lastSeen: null,
  appended: 0,
  stopped: null,
  version: null,
  diskFree: null,
  lateStations: null,
  clockOffsetMs: null,
};

/** All enrolled nodes in memory, kept in documents; this service alone writes them. */
export class NodeBook {
  readonly #documents: DocumentStore;
  readonly #clock: () => number;
  readonly #entries = new Map<string, NodeEntry>();
  readonly #keptAt = new Map<string, number>();

  constructor(documents: DocumentStore, clock: () => number) {
    this.#documents = documents;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    for (const { document } of await this.#documents.list(nodes)) this.#entries.set(document.node, document);
  }

  get(node: string): NodeEntry | undefined {
    return this.#entries.get(node);
  }

  all(): readonly NodeEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  async enrolled(node: string, enrolledAt: string): Promise<void> {
    if (!this.#entries.has(node)) await this.#change({ ...unknown, node, enrolledAt });
  }

  /** A sign of life; a heartbeat says more. */
  heard(node: string, heartbeat: Heartbeat | undefined): void {
    const before = this.#entries.get(node);
    if (!before) return;
    const now = this.#clock();
    const said = heartbeat && {
      appended: Number(heartbeat.size),
      version: heartbeat.version,
      diskFree: Number(heartbeat.diskFree),
      lateStations: heartbeat.lateStations ?? null,
      clockOffsetMs: Math.round(Date.parse(heartbeat.sentAt) - now),
    };
    this.#entries.set(node, { ...before, lastSeen: new Date(now).toISOString(), ...said });
    if (now - (this.#keptAt.get(node) ?? 0) >= KEEP_EVERY_MS) void this.#keep(node).catch(() => undefined);
  }

  /** The node was welcomed and has so much; it goes on, or says why it has stopped. */
  async welcomed(node: string, appended: number, stopped: NodeEntry['stopped']): Promise<void> {
    await this.#change({ ...this.#entries.get(node)!, stopped, appended });
  }

  async refused(node: string, { code, message, at }: Refused): Promise<void> {
    const now = new Date(this.#clock()).toISOString();
    const key = `${node}/${code}/${at}`;
    const before = await this.#documents.get(refusals, key);
    const { times = 0, first = now } = before?.document ?? {};
    await this.#documents.put(refusals, {
      key,
      document: { node, code, message, at, times: times + 1, first, last: now },
    });
    const entry = this.#entries.get(node);
    if (entry) await this.#change({ ...entry, stopped: { code, message } });
  }

  async refusals(): Promise<readonly RefusalEntry[]> {
    return (await this.#documents.list(refusals)).map(({ document }) => document);
  }

  /** Keeps what was heard and not written yet. */
  async close(): Promise<void> {
    for (const node of this.#entries.keys()) await this.#keep(node);
  }

  async #change(entry: NodeEntry): Promise<void> {
    this.#entries.set(entry.node, entry);
    await this.#keep(entry.node);
  }

  async #keep(node: string): Promise<void> {
    this.#keptAt.set(node, this.#clock());
    await this.#documents.put(nodes, { key: node, document: this.#entries.get(node)! });
  }
}
