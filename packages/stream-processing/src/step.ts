import type { Blob } from '@quantrac/blob-store';
import { sourceOf } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';
import type { Topic } from '@quantrac/event-log';
import { AfterCommit, type AfterCommitOptions } from './after-commit.ts';
import type { Cell, Prepared, StoredCell } from './cell.ts';
import type { OnContradicted } from './contradictions.ts';
import { type Decided, decideBatch } from './decide-batch.ts';
import { isFull, type Live, type Taken, type Work } from './decide-messages.ts';
import type { HandleCommand, OnRefused } from './do-pending.ts';
import { effectsOf } from './effects.ts';
import { LeftCells } from './left-cells.ts';
import { LiveCells } from './live-cells.ts';
import type { Message, Processor } from './processor.ts';
import { type AtFaultPoint, type GroupPositions, type StepStore, storePositions, withPending } from './step-store.ts';
import { type BatchOutcome, type WatchBatch, type WatchedBatch, watched, watchNothing } from './watched.ts';

export interface StepOptions<State> {
  readonly processor: Processor<State>;
  readonly store: StepStore;
  readonly node: string;
  /** Now: another instance may have raised it. */
  readonly epoch: () => number;
  /** Topics that its rows name. */
  readonly topics: readonly Topic[];
  /** Where messages go that it cannot decide about. */
  readonly rejected?: Topic;
  readonly handle?: HandleCommand;
  readonly onRefused?: OnRefused;
  /** Told once a batch; a crash right behind the commit may keep it untold. */
  readonly onContradicted?: OnContradicted;
  /** Rows are published behind the taking, so that who hands in waits for no topic; where the store does not publish in its commit. */
  readonly tellsBehind?: AfterCommitOptions<State>['tellsBehind'];
  readonly watch?: WatchBatch;
  readonly at?: AtFaultPoint;
  /** Cells kept in memory at most. */
  readonly maxCells?: number;
}

/** The one way a processor reaches a result: sequence, decide, commit, do, position (DESIGN 5.1). */
export class Step<State> {
  readonly #options: StepOptions<State>;
  readonly #cells: Collection<StoredCell<State>>;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #collections: ReadonlyMap<string, Collection<unknown>>;
  readonly #live: LiveCells<State>;
  readonly #afterwards: AfterCommit<State>;
  readonly #left: LeftCells<State>;
  readonly #at: AtFaultPoint;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #watch: WatchBatch;
  /** The one in hand. */
  #batch: WatchedBatch = watchNothing([]);

  constructor(options: StepOptions<State>) {
    const { processor, store, topics, rejected } = options;
    this.#options = options;
    this.#watch = options.watch ?? watchNothing;
    // where a commit publishes too, nothing is left behind it
    const tellsBehind = store.doneInCommit.includes('records') ? undefined : options.tellsBehind;
    this.#cells = { name: `cells-${processor.name}`, ...(tellsBehind && { indexes: { left: ['left'] } }) };
    const named = [...topics, ...(rejected ? [rejected] : [])];
    this.#topics = new Map(named.map((topic) => [topic.name, topic]));
    this.#collections = new Map(
      Object.entries(processor.documents ?? {}).map(([name, indexes]) => [
        name,
        { name, indexes } as Collection<unknown>,
      ]),
    );
    this.#at = options.at ?? (() => {});
    this.#live = new LiveCells(this.#cells, { processor, documents: store.documents, maxCells: options.maxCells });
    this.#afterwards = new AfterCommit({
      ...options,
      tellsBehind,
      cells: this.#cells,
      live: this.#live,
      topics: this.#topics,
      collections: this.#collections,
      at: this.#at,
      alone: (work) => this.#alone(work),
    });
    const { documents } = store;
    this.#left = new LeftCells({ cells: this.#cells, documents, live: this.#live, afterwards: this.#afterwards });
  }

  /**
   * Takes a batch whole; in its order per key. Repeats are dropped, failures told, everything else is durable when it resolves. Answers what
   * became of each message, and behind them what had waited since earlier batches and failed now.
   */
  take(messages: readonly Message[], positions?: GroupPositions, blobs?: readonly Blob[]): Promise<readonly Taken[]> {
    return this.#alone(() => {
      this.#batch = this.#watch(messages);
      return watched(this.#batch, () => this.#take(messages, positions, blobs), outcomeOf);
    });
  }

  /** Finishes what earlier holders committed and did not do; for when keys change hands. */
  finishAll(): Promise<void> {
    return this.#alone(() => this.#left.finishAll());
  }

  /** Where keys have no holder and rows are told behind: finishes what has rested since the last call, since its instance ended or failed. */
  finishResting(): Promise<void> {
    return this.#alone(() => this.#left.finishResting());
  }

  /** For how long rows have waited that are told behind; 0: none waits. */
  untoldMs = (): number => this.#afterwards.untoldMs();

  /** Resolves when what is to be told behind is told, or cannot be told now. */
  close = (): Promise<void> => this.#afterwards.close();

  /** One after the other: two at once on one cell would only make each other lose the race. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #take(
    messages: readonly Message[],
    positions?: GroupPositions,
    blobs?: readonly Blob[],
  ): Promise<readonly Taken[]> {
    const { documents, bounds } = this.#options.store;
    const results = new Map<Message, Taken>();
    const failed: Taken[] = [];
    let left: ReadonlyMap<string, readonly Message[]> = byKey(messages);
    let stored = false;
    do {
      const { work, failed: late } = await this.#decided(left, results);
      const prepared = work.filter(({ moved }) => moved).map((item) => this.#prepare(item));
      const isLast = !work.some((item) => isFull(item, bounds));
      const { committed, positionsStored } = await this.#commit(prepared, isLast ? positions : undefined, blobs);
      stored = positionsStored;
      await this.#settle(work, prepared, committed);
      failed.push(...late.filter(({ message }) => committed.has(message.key)));
      left = new Map(work.flatMap((item) => this.#leftOf(item, committed)));
    } while (left.size > 0);
    if (positions && !stored) await storePositions(documents, positions);
    await this.#at('position stored');
    return [...messages.map((message) => results.get(message)!), ...failed];
  }

  /** What lost its race is decided again, and what its turn was too short for is decided next. */
  #leftOf(
    { live: { key }, messages, next, moved, characters }: Work<State>,
    committed: ReadonlySet<string>,
  ): [string, readonly Message[]][] {
    if (moved && !committed.has(key)) return [[key, messages]];
    return isFull({ characters }, this.#options.store.bounds) ? [[key, messages.slice(next)]] : [];
  }

  async #commit(
    prepared: readonly Prepared<State>[],
    positions: GroupPositions | undefined,
    blobs: readonly Blob[] | undefined,
  ) {
    if (prepared.length === 0 && !blobs?.length) return { committed: new Set<string>(), positionsStored: false };
    try {
      return await this.#options.store.commit({
        cells: this.#cells,
        prepared,
        source: sourceOf(this.#options.node),
        positions,
        blobs,
        topics: this.#topics,
        collections: this.#collections,
        onContradicted: this.#options.onContradicted,
      });
    } catch (error) {
      for (const { key } of prepared) this.#live.drop(key);
      throw error;
    }
  }

  /** What was decided and is not committed must not be decided from: whoever takes the batch again loads its keys anew. */
  async #decided(left: ReadonlyMap<string, readonly Message[]>, results: Map<Message, Taken>): Promise<Decided<State>> {
    const { processor, rejected, store } = this.#options;
    const deciding = { processor, ...(rejected && { rejected }), bounds: store.bounds };
    try {
      const live = await this.#live.load([...left.keys()]);
      await this.#afterwards.finish(live, 'found');
      const decided = await decideBatch(live, left, results, { deciding, series: store.series });
      await this.#at('decided');
      return decided;
    } catch (error) {
      for (const key of left.keys()) this.#live.drop(key);
      throw error;
    }
  }

  #prepare({ live, state, taken, parked, outputs, causes, rejected }: Work<State>): Prepared<State> {
    const { processor } = this.#options;
    // who runs on in an older epoch must not fall behind what others have told of the key
    const epoch = Math.max(this.#options.epoch(), live.cell.epoch ?? 1);
    const origin = { producer: processor.name, epoch, revision: live.revision + 1 };
    const untold = this.#afterwards.untold(live.key);
    const cell: Cell<State> = {
      state,
      taken,
      ...(parked.length > 0 && { parked }),
      ...(epoch > 1 && { epoch }),
      ...(untold && { untold }),
    };
    const traceparents = causes.map((cause) => cause && this.#batch.traceparentOf(cause));
    const effects = effectsOf(live.key, outputs, { ...origin, traceparents });
    return {
      key: live.key,
      expected: live.revision,
      cell,
      effects: { ...effects, records: rejected },
    };
  }

  async #settle(
    work: readonly Work<State>[],
    prepared: readonly Prepared<State>[],
    committed: ReadonlySet<string>,
  ): Promise<void> {
    await this.#at('committed');
    const { doneInCommit } = this.#options.store;
    const settled: Live<State>[] = [];
    const entries = new Map(prepared.map((entry) => [entry.key, entry]));
    for (const { live } of work) {
      const entry = entries.get(live.key);
      if (!entry) continue;
      if (!committed.has(live.key)) {
        this.#live.drop(live.key);
        continue;
      }
      live.revision = entry.expected + 1;
      live.cell = withPending(entry, doneInCommit);
      live.rows.committed();
      settled.push(live);
    }
    await this.#afterwards.finish(settled, 'committed');
    this.#live.evict();
  }
}

function outcomeOf(taken: readonly Taken[]): BatchOutcome {
  const counts = { taken: 0, repeat: 0, failed: 0 };
  for (const { outcome } of taken) counts[outcome]++;
  return counts;
}

function byKey(messages: readonly Message[]): Map<string, Message[]> {
  const keys = new Map<string, Message[]>();
  for (const message of messages) {
    const list = keys.get(message.key);
    if (list) list.push(message);
    else keys.set(message.key, [message]);
  }
  return keys;
}
