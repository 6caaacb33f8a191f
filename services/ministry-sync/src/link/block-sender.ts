import type { Block } from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { cutBlock, type JournalStore, type StoredBlock } from '@quantrac/journal-store';
import type { Section } from '../domain/node-journal.ts';
import { journalName } from '../journal/begin-incarnation.ts';
import type { Place } from './standing.ts';

export interface BlockSenderOptions {
  readonly journals: JournalStore;
  readonly node: string;
  readonly sections: readonly Section[];
  /** Blocks that may be sent and not acknowledged. */
  readonly windowBlocks: number;
  /** Trace contexts of records of an incarnation, so far as they are known. */
  readonly traceparents: (incarnation: number, first: number, last: number) => string[];
  /** Resolves when the next one may be written. */
  readonly write: (block: Block) => Promise<void>;
}

const READ_BYTES = 1_000_000;

/** Sends what is durable here, section after section, never more than a window beyond what is acknowledged. */
export class BlockSender {
  readonly #options: BlockSenderOptions;
  #place: Place;
  /** The last records of the blocks that are not acknowledged, in order. */
  #unacknowledged: { incarnation: number; last: number }[] = [];
  #resume: () => void = () => {};
  #changed = false;
  #stopped = false;

  constructor(from: Place, options: BlockSenderOptions) {
    this.#place = from;
    this.#options = options;
  }

  /** Sends until it is stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const sent = this.#hasRoom() && (await this.#sendSome());
      if (!sent && !this.#stopped) await this.#rest();
    }
  }

  /** The journal has grown. */
  grown(): void {
    this.#wake();
  }

  acknowledged(incarnation: number, size: number): void {
    this.#unacknowledged = this.#unacknowledged.filter(
      (block) => block.incarnation > incarnation || (block.incarnation === incarnation && block.last > size),
    );
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #hasRoom = (): boolean => this.#unacknowledged.length < this.#options.windowBlocks;

  async #sendSome(): Promise<boolean> {
    const { journals, node, sections } = this.#options;
    const { incarnation, end } = sections[this.#place.section]!;
    if (end !== undefined && this.#place.next > end) {
      this.#place = { section: this.#place.section + 1, next: 1 };
      return true;
    }
    const blocks = await journals.blocks(journalName(node, incarnation), this.#place.next, READ_BYTES);
    for (const block of blocks) {
      while (!this.#hasRoom() && !this.#stopped) await this.#rest();
      if (this.#stopped || (end !== undefined && this.#place.next > end)) break;
      await this.#send(incarnation, block, end);
    }
    return blocks.length > 0;
  }

  async #send(incarnation: number, stored: StoredBlock, end = Infinity): Promise<void> {
    const last = Math.min(stored.first + stored.count - 1, end);
    const { first, count, block, root } = await cutBlock(stored, this.#place.next, last);
    this.#unacknowledged.push({ incarnation, last });
    this.#place = { ...this.#place, next: last + 1 };
    await this.#options.write({
      incarnation,
      first: BigInt(first),
      count,
      bytes: Buffer.from(block.buffer, block.byteOffset, block.byteLength),
      root: Buffer.from(root),
      traceparents: this.#options.traceparents(incarnation, first, last),
    });
  }

  #wake(): void {
    this.#changed = true;
    this.#resume();
  }

  /** Until something changes; at once when it has since the last rest. */
  async #rest(): Promise<void> {
    if (!this.#changed)
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    this.#changed = false;
  }
}
