const MOST_BLOCKS = 1000;
const MOST_OF_A_BLOCK = 64;

/** What the records of blocks came of that are stored and not applied yet; a node's word, and forgotten with the process. */
export class BlockCauses {
  #blocks: { readonly last: number; readonly traceparents: readonly string[] }[] = [];

  note(last: number, traceparents: readonly string[]): void {
    if (traceparents.length === 0 || this.#blocks.length >= MOST_BLOCKS) return;
    this.#blocks.push({ last, traceparents: traceparents.slice(0, MOST_OF_A_BLOCK) });
  }

  /** Of the blocks that end at a number or before it. */
  upTo(number: number): readonly { readonly traceparent: string }[] {
    const due = this.#blocks.filter(({ last }) => last <= number);
    return due.flatMap(({ traceparents }) => traceparents.map((traceparent) => ({ traceparent })));
  }

  forget(number: number): void {
    this.#blocks = this.#blocks.filter(({ last }) => last > number);
  }
}
