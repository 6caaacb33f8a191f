import type { Collection, DocumentStore } from '@quantrac/document-store';
import { cellOfStored, type StoredCell } from './cell.ts';
import type { Live } from './decide-messages.ts';
import { HeldRows } from './held-rows.ts';
import type { Processor } from './processor.ts';

export interface LiveCellsOptions<State> {
  readonly processor: Pick<Processor<State>, 'initial' | 'keepInMemoryMs'>;
  readonly documents: DocumentStore;
  readonly maxCells?: number | undefined;
}

const KEEP_MS = 3 * 3_600_000;
const MAX_CELLS = 20_000;

/** The cells that this instance has loaded, as it believes them to stand; whoever finds out otherwise drops them. */
export class LiveCells<State> {
  readonly #live = new Map<string, Live<State>>();

  constructor(
    readonly cells: Collection<StoredCell<State>>,
    readonly options: LiveCellsOptions<State>,
  ) {}

  get = (key: string): Live<State> | undefined => this.#live.get(key);
  drop = (key: string): boolean => this.#live.delete(key);
  clear = (): void => this.#live.clear();

  /** Those of the keys, in their order; a key without a cell begins one. */
  async load(keys: readonly string[]): Promise<readonly Live<State>[]> {
    const { processor, documents } = this.options;
    const { keepInMemoryMs: keepMs = KEEP_MS, initial } = processor;
    const unknown = keys.filter((key) => !this.#live.has(key));
    for (const { key, revision, document } of await documents.getMany(this.cells, unknown))
      this.#live.set(key, {
        key,
        revision,
        cell: cellOfStored(document),
        rows: new HeldRows({ keepMs, fresh: false }),
      });
    for (const key of unknown)
      if (!this.#live.has(key)) {
        const cell = { state: initial, taken: {} };
        this.#live.set(key, { key, revision: 0, cell, rows: new HeldRows({ keepMs, fresh: true }) });
      }
    return keys.map((key) => this.#live.get(key)!);
  }

  /** Those that came first. */
  evict(): void {
    const over = this.#live.size - (this.options.maxCells ?? MAX_CELLS);
    let index = 0;
    for (const key of this.#live.keys()) if (index++ < over) this.#live.delete(key);
  }
}
