import { justBefore } from '@quantrac/contracts';
import type { EventLog, Topic } from '@quantrac/event-log';
import type { TimeSeries } from '@quantrac/time-series';
import type { PendingRow, Untold } from './cell.ts';
import { toTold } from './do-pending.ts';
import { recordsOf, type TracedRow } from './published.ts';

export interface TellerOptions {
  readonly series: TimeSeries;
  readonly log: EventLog;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly source: string;
  /** Keys of which nothing is left to tell. */
  readonly onTold: (keys: readonly string[]) => void;
  readonly onFailure: (error: unknown) => void;
  /** Beyond these they are read from the store when their turn comes. */
  readonly rowsInMemory?: number | undefined;
}

/** Rows of a key that are in the store now. */
export interface HandedIn {
  readonly pending: readonly PendingRow[];
  /** What the cell said was not told before them. */
  readonly earlier: Untold | undefined;
  /** They follow what was handed in before; else another instance may have committed others between them. */
  readonly follows: boolean;
}

/** What of a key is in no topic yet. */
interface Behind {
  /** By topic, what was told last before. */
  readonly after: Map<string, string>;
  /** In their order; undefined: too much for the memory, or not from here, to be read from the store. */
  rows: readonly TracedRow[] | undefined;
  /** When the oldest of them came, at the latest. */
  since: number;
  /** How often something was handed in: a look into the store knows nothing of what came after it. */
  handedIn: number;
}

/** A key's rows in their turn. */
interface Turn {
  readonly key: string;
  readonly rows: readonly TracedRow[];
  /** As of the look at them. */
  readonly handedIn: number;
}

const KEYS_AT_ONCE = 500;
const ROWS_AT_ONCE = 500;
const ROWS_IN_MEMORY = 20_000;
const AGAIN_MS = 500;

/**
 * Publishes the rows that cells have committed while their keys go on, in the order of each key: whoever hands something in does not wait for the topics.
 * What is not told yet is known by the cell, and its rows are in the store, so that a successor tells the rest.
 */
export class Teller {
  readonly #options: TellerOptions;
  readonly #behind = new Map<string, Behind>();
  #inMemory = 0;
  #telling: Promise<void> | undefined;
  #closing = false;
  #wake: () => void = () => {};

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** How many keys have something to tell. */
  get waiting(): number {
    return this.#behind.size;
  }

  /** For how long the oldest row has waited; 0: none waits. */
  waitingMs(): number {
    let oldest = performance.now();
    const now = oldest;
    for (const { since } of this.#behind.values()) oldest = Math.min(oldest, since);
    return now - oldest;
  }

  /** What the next commit of the key must carry on. */
  untold(key: string): Untold | undefined {
    const behind = this.#behind.get(key);
    return behind && Object.fromEntries(behind.after);
  }

  /** Takes what a key committed, to be told behind what it took of that key before. */
  tell(key: string, { pending, earlier, follows }: HandedIn): void {
    const rows = pending.filter((row) => row.published).map(toTold);
    const known = this.#behind.get(key);
    if (rows.length === 0 && !earlier) return;
    const behind = known ?? { after: new Map(), rows: [], since: performance.now(), handedIn: 0 };
    behind.handedIn++;
    if (!follows) this.#forget(behind);
    for (const [topic, after] of Object.entries(earlier ?? {})) {
      const ours = behind.after.get(topic);
      if (ours !== undefined && ours <= after) continue;
      this.#forget(behind);
      behind.after.set(topic, after);
    }
    for (const { collection, sequence } of rows)
      if (!behind.after.has(collection)) behind.after.set(collection, justBefore(sequence));
    if (behind.rows && this.#inMemory + rows.length <= (this.#options.rowsInMemory ?? ROWS_IN_MEMORY)) {
      behind.rows = [...behind.rows, ...rows];
      this.#inMemory += rows.length;
    } else this.#forget(behind);
    this.#behind.set(key, behind);
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  /** Resolves when all is told, or cannot be told now: then a successor does it. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    await Promise.resolve();
    while (this.#behind.size > 0)
      try {
        await this.#tellSome([...this.#behind.keys()].slice(0, KEYS_AT_ONCE));
      } catch (error) {
        if (this.#closing) return;
        this.#options.onFailure(error);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          setTimeout(resolve, AGAIN_MS).unref();
        });
      }
  }

  async #tellSome(keys: readonly string[]): Promise<void> {
    const { log, topics, source } = this.#options;
    const began = performance.now();
    const turns = await Promise.all(keys.map((key) => this.#next(key)));
    for (const [topic, records] of recordsOf(
      turns.flatMap(({ rows }) => rows),
      source,
    ))
      await log.publish(topics.get(topic)!, records);
    const told = turns.filter((turn) => this.#wasTold(turn, began)).map(({ key }) => key);
    if (told.length > 0) this.#options.onTold(told);
  }

  /** The key's next rows, in order by topic. */
  async #next(key: string): Promise<Turn> {
    const { rows, after, handedIn } = this.#behind.get(key)!;
    if (rows) return { key, rows, handedIn };
    const found = await Promise.all(
      [...after].map(([topic, sequence]) => this.#options.series.history(topic, key, sequence, ROWS_AT_ONCE)),
    );
    return { key, rows: found.flat(), handedIn };
  }

  /** True: nothing is left of the key. */
  #wasTold({ key, rows, handedIn }: Turn, asOf: number): boolean {
    const behind = this.#behind.get(key)!;
    for (const { collection, sequence } of rows) behind.after.set(collection, sequence);
    if (behind.rows) {
      this.#inMemory -= rows.length;
      behind.rows = behind.rows.slice(rows.length);
      behind.since = asOf;
    }
    const isDone = behind.rows ? behind.rows.length === 0 : rows.length === 0 && behind.handedIn === handedIn;
    if (isDone) this.#behind.delete(key);
    return isDone;
  }

  #forget(behind: Behind): void {
    this.#inMemory -= behind.rows?.length ?? 0;
    behind.rows = undefined;
  }
}
