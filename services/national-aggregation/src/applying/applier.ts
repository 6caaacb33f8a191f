import { topicOfType } from '@quantrac/contracts/identity';
import type { Collection, DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { decodeBlock } from '@quantrac/journal';
import type { JournalStore, StoredBlock } from '@quantrac/journal-store';
import { type WatchBatch, watched, watchNothing } from '@quantrac/stream-processing';
import type { TimeSeries } from '@quantrac/time-series';
import { BlockCauses } from './block-causes.ts';
import { type NumberedRow, noteChanged } from './changed-versions.ts';
import { heldRecords, holdRecord, releaseRecords } from './held-records.ts';
import { isOfJournal, isRow, rowOf } from './row-of.ts';

export interface ApplierStores {
  readonly journals: JournalStore;
  readonly series: TimeSeries;
  readonly documents: DocumentStore;
}

interface Progress {
  readonly node: string;
  size: number;
  applied: number;
  /** Why it does not go on now; it is tried again. */
  problem: string | null;
  retryAt: number;
  readonly causes: BlockCauses;
}

const applied: Collection<{ upTo: number }> = { name: 'applied' };
/** Read at once of one journal, before the next one has its turn. */
const TURN_BYTES = 1_000_000;
const RETRY_MS = 1000;
const fresh = () => ({ applied: 0, problem: null, retryAt: 0, causes: new BlockCauses() });
const PATIENCE_MS = 30_000;

/** Applies every journal from its own copy, behind what is acknowledged, at its own pace; a position a journal. */
export class Applier {
  readonly #stores: ApplierStores;
  readonly #onFailure: (error: unknown) => void;
  readonly #watch: WatchBatch;
  readonly #progress = new Map<string, Progress>();
  readonly #waiting = new Set<() => void>();
  #wake: () => void = () => {};
  #stopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(stores: ApplierStores, onFailure: (error: unknown) => void, watch = watchNothing) {
    this.#stores = stores;
    this.#onFailure = onFailure;
    this.#watch = watch;
  }

  async start(): Promise<void> {
    const { journals, documents } = this.#stores;
    for (const { journal, size } of await journals.journals()) {
      const upTo = (await documents.get(applied, journal))?.document.upTo ?? 0;
      this.#progress.set(journal, { ...fresh(), node: nodeOf(journal), size, applied: Math.min(upTo, size) });
    }
    await this.#applyReleased();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
  }

  /** A journal has grown; `traceparents`: of what the new records came of. */
  stored(journal: string, size: number, traceparents: readonly string[] = []): void {
    const progress = this.#progress.get(journal) ?? { ...fresh(), node: nodeOf(journal), size };
    progress.size = Math.max(progress.size, size);
    progress.causes.note(size, traceparents);
    this.#progress.set(journal, progress);
    this.#wake();
  }

  applied(journal: string): number {
    return this.#progress.get(journal)?.applied ?? 0;
  }

  /** Why what is held of a journal is not applied now. */
  problem(journal: string): string | null {
    return this.#progress.get(journal)?.problem ?? null;
  }

  /** Resolves when all is applied that the node's journals hold now. Throws the Fault `unavailable` when that takes too long. */
  async settled(node: string): Promise<void> {
    const wanted = [...this.#progress]
      .filter(([, of]) => of.node === node)
      .map(([journal, { size }]) => ({ journal, size }));
    const deadline = performance.now() + PATIENCE_MS;
    while (wanted.some(({ journal, size }) => this.applied(journal) < size)) {
      if (performance.now() > deadline)
        throw Fault.unavailable('NotYetApplied', `what ${node} sent is still being applied: ask again`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RETRY_MS);
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let moved = false;
      for (const [journal, progress] of this.#progress)
        if (!this.#stopping && isDue(progress)) moved = (await this.#tryTurn(journal, progress)) || moved;
      if (!moved) await this.#rest();
    }
  }

  /** What fails stays with its journal: the others go on. */
  async #tryTurn(journal: string, progress: Progress): Promise<boolean> {
    try {
      await this.#takeTurn(journal, progress);
      progress.problem = null;
      return true;
    } catch (error) {
      progress.problem = (error as Error).message;
      progress.retryAt = performance.now() + RETRY_MS;
      setTimeout(() => this.#wake(), RETRY_MS + 50).unref();
      this.#onFailure(error);
      return false;
    }
  }

  /** The position of a block is written with the next block's rows, once its own are durable. */
  async #takeTurn(journal: string, progress: Progress): Promise<void> {
    const { journals, documents } = this.#stores;
    const blocks = await journals.blocks(journal, progress.applied + 1, TURN_BYTES);
    if (blocks.length === 0) throw new Error(`${journal} holds no record ${progress.applied + 1}`);
    let keeping: Promise<unknown> = Promise.resolve();
    for (const block of blocks) {
      const upTo = block.first + block.count - 1;
      const apply = () => this.#apply(journal, block, progress.applied + 1);
      const outcome = { taken: upTo - progress.applied, repeat: 0, failed: 0 };
      const batch = this.#watch(progress.causes.upTo(upTo));
      await Promise.all([keeping, watched(batch, apply, () => outcome)]);
      progress.causes.forget(upTo);
      progress.applied = upTo;
      keeping = documents.put(applied, { key: journal, document: { upTo } });
      for (const tell of this.#waiting) tell();
      this.#waiting.clear();
    }
    await keeping;
  }

  /** The block's records from a number on; only those of one type where it is named. */
  async #apply(journal: string, { block }: StoredBlock, from: number, only?: string): Promise<void> {
    const { series, documents } = this.#stores;
    const node = nodeOf(journal);
    const rows: NumberedRow[] = [];
    for (const record of await decodeBlock(block)) {
      const { number, type } = record.leaf;
      if (number < from || isOfJournal(type) || (only !== undefined && only !== type)) continue;
      const made = rowOf(node, record);
      if (isRow(made)) rows.push({ row: made, number });
      else await holdRecord(documents, { node, journal, type, number, ...made });
    }
    const inserted = await series.insert(rows.map(({ row }) => row));
    if (inserted < rows.length) await noteChanged(rows, { node, journal }, this.#stores);
  }

  /** Types that were held by an earlier release and are known now. */
  async #applyReleased(): Promise<void> {
    const { journals, documents } = this.#stores;
    for (const held of await heldRecords(documents)) {
      if (held.reason !== 'type-unknown' || !topicOfType(held.type)) continue;
      for (let from = held.first; from <= held.last; ) {
        const blocks = await journals.blocks(held.journal, from, TURN_BYTES);
        for (const block of blocks) await this.#apply(held.journal, block, from, held.type);
        const last = blocks.at(-1);
        from = last ? last.first + last.count : Infinity;
      }
      await releaseRecords(documents, held);
    }
  }

  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#stopping || [...this.#progress.values()].some(isDue)) resolve();
    });
  }
}

const isDue = ({ applied, size, retryAt }: Progress): boolean => applied < size && performance.now() >= retryAt;

export const nodeOf = (journal: string): string => journal.slice(0, journal.lastIndexOf('/'));
