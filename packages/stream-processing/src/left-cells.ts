import type { Collection, DocumentStore } from '@quantrac/document-store';
import type { AfterCommit } from './after-commit.ts';
import { isLeft, type StoredCell } from './cell.ts';
import type { LiveCells } from './live-cells.ts';

export interface LeftCellsOptions<State> {
  readonly cells: Collection<StoredCell<State>>;
  readonly documents: DocumentStore;
  readonly live: LiveCells<State>;
  readonly afterwards: AfterCommit<State>;
}

const AT_ONCE = 1000;
/** Who waits for the topics himself would only make others' records wait twice. */
const BEHIND_MS = 5000;

/** Has done what is left to do of cells that others committed. */
export class LeftCells<State> {
  /** By key, the revision at which it was found at the last look. */
  #seen: ReadonlyMap<string, number> = new Map();

  constructor(readonly options: LeftCellsOptions<State>) {}

  /** All that stands, for whoever has just become the holder of keys. */
  async finishAll(): Promise<void> {
    const { cells, documents, live } = this.options;
    live.clear();
    for (let page = await documents.list(cells); page.length > 0; ) {
      await this.#finish(page.filter(({ document }) => isLeft(document)).map(({ key }) => key));
      page = await documents.list(cells, { after: page.at(-1)!.key });
    }
  }

  /** What stood at the last look already and nobody has moved since: its instance has ended, or failed. */
  async finishResting(): Promise<void> {
    const { cells, documents, live, afterwards } = this.options;
    if (!cells.indexes?.left || afterwards.untoldMs() > BEHIND_MS) return;
    const stored = await documents.find(cells, 'left', { equals: [1], limit: AT_ONCE });
    const resting = stored.filter(({ key, revision }) => this.#seen.get(key) === revision);
    this.#seen = new Map(stored.map(({ key, revision }) => [key, revision]));
    for (const { key, revision } of resting) if (live.get(key)?.revision !== revision) live.drop(key);
    await this.#finish(resting.map(({ key }) => key));
  }

  async #finish(keys: readonly string[]): Promise<void> {
    await this.options.afterwards.finish(await this.options.live.load(keys), 'found');
  }
}
