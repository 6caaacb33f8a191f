import { laneOf } from '@quantrac/contracts/identity';
import type { Positions } from '@quantrac/event-log';
import {
  continued,
  type Edge,
  edgeToBytes,
  emptyEdge,
  encodeBlock,
  hashToBytes,
  hashToHex,
  type JournalRecord,
  type Leaf,
  leafOf,
  MAX_BLOCK_BYTES,
  rootOf,
} from '@quantrac/journal';
import { edgeOf, type JournalStore, type Taken } from '@quantrac/journal-store';
import { RecentTraces } from './recent-traces.ts';

/** A topic's record on its way into the journal; the payload is the record's exact value. */
export type Outgoing = Pick<Leaf, 'type' | 'key' | 'sequence' | 'knownAt'> & {
  readonly payload: Uint8Array;
  /** Beside the journal, never in it. */
  readonly traceparent?: string;
};

/** The end of a node's journal: takes records once each, in blocks, and knows how far it reaches. */
export class OutboundJournal {
  readonly name: string;
  readonly traces = new RecentTraces();
  readonly #store: JournalStore;
  readonly #blockRecords: number;
  #edge: Edge = emptyEdge;
  #positions: Positions = {};
  /** By lane, the highest sequence that is in the journal; what is not here is asked of the store. */
  readonly #taken = new Map<string, string>();

  private constructor(store: JournalStore, name: string, blockRecords: number) {
    this.#store = store;
    this.name = name;
    this.#blockRecords = blockRecords;
  }

  static async open(store: JournalStore, name: string, blockRecords: number): Promise<OutboundJournal> {
    const journal = new OutboundJournal(store, name, blockRecords);
    await journal.reload();
    return journal;
  }

  get size(): number {
    return this.#edge.size;
  }

  get rootHex(): string {
    return hashToHex(rootOf(this.#edge));
  }

  /** Where the reader of the topics stood when the last block was written. */
  get positions(): Positions {
    return this.#positions;
  }

  /** Forgets what is remembered of the store: another instance may have written. */
  async reload(): Promise<void> {
    this.#taken.clear();
    this.#edge = await edgeOf(this.#store, this.name);
    this.#positions = (await this.#store.head(this.name))?.positions ?? {};
  }

  /** Appends what is new, with the positions behind it; durable when it resolves. How many records were new. */
  async take(records: readonly Outgoing[], positions: Positions = {}): Promise<number> {
    await this.#askTaken(records);
    const fresh = this.#fresh(records);
    const blocks = inBlocks(fresh, this.#blockRecords);
    for (const [index, block] of blocks.entries())
      await this.#append(block, index === blocks.length - 1 ? positions : undefined);
    return fresh.length;
  }

  async #askTaken(records: readonly Outgoing[]): Promise<void> {
    const unknown = new Map<string, readonly [string, string]>();
    for (const { type, key } of records) {
      const lane = laneName(type, key);
      if (!this.#taken.has(lane) && !unknown.has(lane)) unknown.set(lane, [laneOf(type), key]);
    }
    const found = await this.#store.taken(this.name, [...unknown.values()]);
    [...unknown.keys()].forEach((lane, index) => {
      this.#taken.set(lane, found[index] ?? '');
    });
  }

  /** Records whose sequence is above what the journal has and what came before in the same batch. */
  #fresh(records: readonly Outgoing[]): readonly Outgoing[] {
    const reached = new Map<string, string>();
    return records.filter(({ type, key, sequence }) => {
      const lane = laneName(type, key);
      if (sequence <= (reached.get(lane) ?? this.#taken.get(lane)!)) return false;
      reached.set(lane, sequence);
      return true;
    });
  }

  async #append(outgoing: readonly Outgoing[], positions: Positions | undefined): Promise<void> {
    const first = this.size + 1;
    const records = outgoing.map(
      (record, index): JournalRecord => ({
        leaf: leafOf(first + index, said(record), record.payload),
        payload: record.payload,
      }),
    );
    outgoing.forEach(({ traceparent }, index) => {
      if (traceparent) this.traces.note(first + index, traceparent);
    });
    const edge = continued(
      this.#edge,
      records.map(({ leaf }) => leaf),
    );
    const taken = highest(outgoing);
    const block = await encodeBlock(records);
    const tree = { edge: edgeToBytes(edge), root: hashToBytes(rootOf(edge)) };
    try {
      const append = { journal: this.name, first, count: records.length, block, ...tree, taken: [...taken.values()] };
      await this.#store.append({ ...append, positions });
    } catch (error) {
      await this.reload();
      throw error;
    }
    this.#edge = edge;
    this.#positions = { ...this.#positions, ...positions };
    for (const [lane, [, , sequence]] of taken) this.#taken.set(lane, sequence);
  }
}

const laneName = (type: string, key: string): string => `${laneOf(type)}\n${key}`;

const said = ({ type, key, sequence, knownAt }: Outgoing) => ({ type, key, sequence, knownAt });

const highest = (records: readonly Outgoing[]): ReadonlyMap<string, Taken> =>
  new Map(records.map(({ type, key, sequence }) => [laneName(type, key), [laneOf(type), key, sequence]]));

function inBlocks(records: readonly Outgoing[], most: number): readonly (readonly Outgoing[])[] {
  const blocks: Outgoing[][] = [];
  let bytes = 0;
  for (const record of records) {
    const last = blocks.at(-1);
    if (last && last.length < most && bytes + record.payload.length <= MAX_BLOCK_BYTES) last.push(record);
    else {
      blocks.push([record]);
      bytes = 0;
    }
    bytes += record.payload.length;
  }
  return blocks;
}
