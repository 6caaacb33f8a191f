import type { Blob } from '@quantrac/blob-store';
import { sourceOf } from '@quantrac/contracts';
import type { Collection } from '@quantrac/document-store';
import type { Topic } from '@quantrac/event-log';
import type { Cell, Prepared } from './cell.ts';
import type { OnContradicted } from './contradictions.ts';
import { decideMessages, type Live, type Taken, type Work } from './decide-messages.ts';
import { type DoContext, doPending, type HandleCommand } from './do-pending.ts';
import { effectsOf } from './effects.ts';
import { HeldRows, type Missing } from './held-rows.ts';
import type { Message, Processor } from './processor.ts';
import {
  type AtFaultPoint,
  type GroupPositions,
  positionsCollection,
  type StepStore,
  withPending,
} from './step-store.ts';

export interface StepOptions<State> {
  readonly processor: Processor<State>;
  readonly store: StepStore;
  readonly node: string;
  readonly epoch: number;
  /** Topics that its rows name. */
  readonly topics: readonly Topic[];
  /** Where messages go that it cannot decide about. */
  readonly rejected?: Topic;
  readonly handle?: HandleCommand;
  /** Told once a batch; a crash right behind the commit may keep it untold. */
  readonly onContradicted?: OnContradicted;
  readonly at?: AtFaultPoint;
  /** Cells kept in memory at most. */
  readonly maxCells?: number;
}

const KEEP_MS = 3 * 3_600_000;
const MAX_CELLS = 20_000;

/** The one way a processor reaches a result: sequence, decide, commit, do, position (DESIGN 5.1). */
export class Step<State> {
  readonly #options: StepOptions<State>;
  readonly #cells: Collection<Cell<State>>;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #collections: ReadonlyMap<string, Collection<unknown>>;
  readonly #live = new Map<string, Live<State>>();
  readonly #at: AtFaultPoint;

  constructor(options: StepOptions<State>) {
    this.#options = options;
    this.#cells = { name: `cells-${options.processor.name}` };
    const named = [...options.topics, ...(options.rejected ? [options.rejected] : [])];
    this.#topics = new Map(named.map((topic) => [topic.name, topic]));
    this.#collections = new Map(
      Object.entries(options.processor.documents ?? {}).map(([name, indexes]) => [
        name,
        { name, indexes } as Collection<unknown>,
      ]),
    );
    this.#at = options.at ?? (() => {});
  }

  /** Takes a batch whole; in its order per key. Repeats are dropped, failures told, everything else is durable when it resolves. */
  async take(
    messages: readonly Message[],
    positions?: GroupPositions,
    blobs?: readonly Blob[],
  ): Promise<readonly Taken[]> {
    const results = new Map<Message, Taken>();
    let left = byKey(messages);
    let stored = false;
    do {
      const work = await this.#decided(left, results);
      const prepared = work.filter(({ moved }) => moved).map((item) => this.#prepare(item));
      const { committed, positionsStored } = await this.#commit(prepared, positions, blobs);
      stored = positionsStored;
      await this.#settle(work, prepared, committed);
      left = new Map(prepared.flatMap(({ key }) => (committed.has(key) ? [] : [[key, left.get(key)!]])));
    } while (left.size > 0);
    if (positions && !stored) await this.#storePositions(positions);
    await this.#at('position stored');
    return messages.map((message) => results.get(message)!);
  }

  /** Finishes what earlier holders committed and did not do; for when keys change hands. */
  async finishAll(): Promise<void> {
    this.#live.clear();
    const { documents } = this.#options.store;
    for (let page = await documents.list(this.#cells); page.length > 0; ) {
      const open = page.filter(({ document }) => document.pending).map(({ key }) => key);
      await this.#load(open);
      await this.#finish(open.map((key) => this.#live.get(key)!));
      page = await documents.list(this.#cells, { after: page.at(-1)!.key });
    }
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
      for (const { key } of prepared) this.#live.delete(key);
      throw error;
    }
  }

  /** What was decided and is not committed must not be decided from: whoever takes the batch again loads its keys anew. */
  async #decided(left: ReadonlyMap<string, readonly Message[]>, results: Map<Message, Taken>): Promise<Work<State>[]> {
    try {
      const work = await this.#decideAll(left, results);
      await this.#at('decided');
      return work;
    } catch (error) {
      for (const key of left.keys()) this.#live.delete(key);
      throw error;
    }
  }

  async #decideAll(
    left: ReadonlyMap<string, readonly Message[]>,
    results: Map<Message, Taken>,
  ): Promise<Work<State>[]> {
    await this.#load([...left.keys()]);
    const live = [...left.keys()].map((key) => this.#live.get(key)!);
    await this.#finish(live);
    const work = live.map(
      (item): Work<State> => ({
        live: item,
        messages: left.get(item.key)!,
        next: 0,
        state: item.cell.state,
        taken: { ...item.cell.taken },
        parked: [...(item.cell.parked ?? [])],
        outputs: [],
        rejected: [],
        moved: false,
      }),
    );
    for (let open: readonly Work<State>[] = work; open.length > 0; ) {
      const missing = open.flatMap((item) =>
        decideMessages(item, results, this.#options).map((range) => ({ item, range })),
      );
      await this.#loadRows(missing);
      open = [...new Set(missing.map(({ item }) => item))];
    }
    return work;
  }

  #prepare({ live, state, taken, parked, outputs, rejected }: Work<State>): Prepared<State> {
    const { processor, epoch } = this.#options;
    const origin = { producer: processor.name, epoch, revision: live.revision + 1 };
    const cell: Cell<State> = { state, taken, ...(parked.length > 0 && { parked }) };
    const effects = effectsOf(live.key, outputs, origin);
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
        this.#live.delete(live.key);
        continue;
      }
      live.revision = entry.expected + 1;
      live.cell = withPending(entry, doneInCommit);
      live.rows.committed();
      settled.push(live);
    }
    await this.#finish(settled);
    this.#evict();
  }

  async #finish(live: readonly Live<State>[]): Promise<void> {
    const open = live.filter(({ cell }) => cell.pending);
    if (open.length === 0) return;
    const context: DoContext = {
      stores: this.#options.store,
      topics: this.#topics,
      collections: this.#collections,
      source: sourceOf(this.#options.node),
      handle: this.#options.handle ?? refuseCommand,
      rejected: this.#options.rejected,
      onContradicted: this.#options.onContradicted,
      at: this.#at,
    };
    await doPending(
      open.map(({ revision, cell }) => ({ revision, pending: cell.pending! })),
      context,
    );
    const puts = open.map(({ key, revision, cell: { pending: _, ...done } }) => ({
      key,
      expected: revision,
      document: done,
    }));
    const revisions = await this.#options.store.documents.putMany(this.#cells, puts);
    open.forEach((item, index) => {
      if (revisions[index] === undefined) this.#live.delete(item.key);
      else Object.assign(item, { revision: revisions[index], cell: puts[index]!.document });
    });
    await this.#at('marked done');
  }

  async #load(keys: readonly string[]): Promise<void> {
    const { processor, store } = this.#options;
    const unknown = keys.filter((key) => !this.#live.has(key));
    const keepMs = processor.keepInMemoryMs ?? KEEP_MS;
    for (const { key, revision, document } of await store.documents.getMany(this.#cells, unknown))
      this.#live.set(key, { key, revision, cell: document, rows: new HeldRows({ keepMs, fresh: false }) });
    for (const key of unknown)
      if (!this.#live.has(key))
        this.#live.set(key, {
          key,
          revision: 0,
          cell: { state: processor.initial, taken: {} },
          rows: new HeldRows({ keepMs, fresh: true }),
        });
  }

  async #loadRows(missing: readonly { item: Work<State>; range: Missing }[]): Promise<void> {
    for (let left = missing; left.length > 0; ) {
      const ranges = left.map(({ item, range: { wanted: _, ...range } }) => ({ ...range, key: item.live.key }));
      const answers = await this.#options.store.series.ranges(ranges);
      left = left.flatMap(({ item, range }, index) => {
        const rest = item.live.rows.loaded(range, answers[index]!);
        return rest ? { item, range: rest } : [];
      });
    }
  }

  async #storePositions({ group, at }: GroupPositions): Promise<void> {
    const { documents } = this.#options.store;
    for (;;) {
      const stored = await documents.get(positionsCollection, group);
      const document = { at: { ...stored?.document.at, ...at } };
      const [done] = await documents.putMany(positionsCollection, [
        { key: group, document, expected: stored?.revision ?? 0 },
      ]);
      if (done !== undefined) return;
    }
  }

  #evict(): void {
    const over = this.#live.size - (this.#options.maxCells ?? MAX_CELLS);
    let index = 0;
    for (const key of this.#live.keys()) if (index++ < over) this.#live.delete(key);
  }
}

const refuseCommand: HandleCommand = async ({ aggregate }) => {
  throw new Error(`no handler for commands to ${aggregate}`);
};

function byKey(messages: readonly Message[]): Map<string, Message[]> {
  const keys = new Map<string, Message[]>();
  for (const message of messages) {
    const list = keys.get(message.key);
    if (list) list.push(message);
    else keys.set(message.key, [message]);
  }
  return keys;
}
