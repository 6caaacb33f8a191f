import { sourceOf } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';
import type { Topic } from '@quantrac/event-log';
import { isLeft, type StoredCell, storedCell, type Untold, withoutLeft } from './cell.ts';
import type { OnContradicted } from './contradictions.ts';
import type { Live } from './decide-messages.ts';
import { type DoContext, doPending, doWithin, type HandleCommand, type OnRefused } from './do-pending.ts';
import type { LiveCells } from './live-cells.ts';
import type { AtFaultPoint, StepStore } from './step-store.ts';
import { Teller, type TellerOptions } from './teller.ts';

export interface AfterCommitOptions<State> {
  readonly store: StepStore;
  readonly node: string;
  readonly cells: Collection<StoredCell<State>>;
  readonly live: LiveCells<State>;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly collections: ReadonlyMap<string, Collection<unknown>>;
  readonly rejected?: Topic | undefined;
  readonly handle?: HandleCommand | undefined;
  readonly onRefused?: OnRefused | undefined;
  readonly onContradicted?: OnContradicted | undefined;
  readonly tellsBehind?: Pick<TellerOptions, 'onFailure' | 'rowsInMemory'> | undefined;
  readonly at: AtFaultPoint;
  /** Runs work while no batch is taken. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
}

const MARK_AFTER_MS = 1000;

/** What is left to do of committed cells: done before anything else of their keys, or, where it may be, told behind them. */
export class AfterCommit<State> {
  readonly #options: AfterCommitOptions<State>;
  readonly #context: DoContext;
  /** Undefined: nothing of a key goes on before its records are published. */
  readonly #teller: Teller | undefined;
  /** Keys whose cells say in the store that something is left to do, and nothing is. */
  readonly #told = new Set<string>();
  #marking: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: AfterCommitOptions<State>) {
    const { store, node, topics, collections, handle = refuseCommand, rejected, at } = options;
    const { onRefused, onContradicted } = options;
    const source = sourceOf(node);
    this.#options = options;
    const doing = { stores: store, topics, collections, source, handle, rejected };
    this.#context = { ...doing, onRefused, onContradicted, at };
    if (options.tellsBehind)
      this.#teller = new Teller({
        ...store,
        topics,
        source,
        onTold: (keys) => this.#wereTold(keys),
        ...options.tellsBehind,
      });
  }

  /** What the next commit of a key carries on. */
  untold(key: string): Untold | undefined {
    this.#told.delete(key);
    return this.#teller?.untold(key);
  }

  untoldMs = (): number => this.#teller?.waitingMs() ?? 0;

  /** `found`: their cells were loaded, or are left over of a failure; `committed`: by this instance, on what it knew. */
  async finish(live: readonly Live<State>[], cells: 'found' | 'committed'): Promise<void> {
    const open = live.filter(({ cell }) => isLeft(cell));
    if (open.length === 0) return;
    const left = open.map(({ revision, cell }) => ({ revision, pending: cell.pending ?? {} }));
    if (!this.#teller) {
      await doPending(left, this.#context);
      await this.#markDone(open);
      return;
    }
    await doWithin(left, this.#context);
    for (const item of open) {
      const { pending, untold } = item.cell;
      this.#teller.tell(item.key, { pending: pending?.rows ?? [], earlier: untold, follows: cells === 'committed' });
      item.cell = withoutLeft(item.cell);
    }
  }

  async close(): Promise<void> {
    await this.#teller?.close();
    this.#isClosed = true;
    clearTimeout(this.#marking);
    await this.#options.alone(() => this.#markTold());
  }

  async #markDone(live: readonly Live<State>[]): Promise<void> {
    const { store, cells, at } = this.#options;
    const puts = live.map(({ key, revision, cell }) => ({
      key,
      expected: revision,
      document: storedCell(withoutLeft(cell)),
    }));
    const revisions = await store.documents.putMany(cells, puts);
    live.forEach((item, index) => {
      if (revisions[index] === undefined) this.#options.live.drop(item.key);
      else Object.assign(item, { revision: revisions[index], cell: withoutLeft(item.cell) });
    });
    await at('marked done');
  }

  /** The next commit of a key says so by itself; a key that rests is marked after a while. */
  #wereTold(keys: readonly string[]): void {
    for (const key of keys) this.#told.add(key);
    this.#markLater();
  }

  #markLater(): void {
    if (this.#isClosed) return;
    this.#marking ??= setTimeout(() => {
      this.#marking = undefined;
      this.#options.alone(() => this.#markTold()).catch(() => this.#markLater());
    }, MARK_AFTER_MS);
  }

  async #markTold(): Promise<void> {
    const told = [...this.#told];
    const resting = told.filter((key) => !this.#teller?.untold(key));
    const live = resting.flatMap((key) => this.#options.live.get(key) ?? []);
    // what was told came before a commit whose own effects are still to be done
    const done = live.filter(({ cell }) => !isLeft(cell));
    if (done.length > 0) await this.#markDone(done);
    for (const key of told) this.#told.delete(key);
  }
}

const refuseCommand: HandleCommand = async ({ aggregate }) => {
  throw new Error(`no handler for commands to ${aggregate}`);
};
