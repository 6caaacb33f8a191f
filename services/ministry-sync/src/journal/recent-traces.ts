const MOST_KEPT = 10_000;
const MOST_TOLD = 64;

/** Trace contexts of a journal's newest records: the journal has none, and whoever sends it later than soon sends none. */
export class RecentTraces {
  readonly #byNumber = new Map<number, string>();

  note(number: number, traceparent: string): void {
    this.#byNumber.set(number, traceparent);
    if (this.#byNumber.size > MOST_KEPT) this.#byNumber.delete(this.#byNumber.keys().next().value!);
  }

  /** Each once, of the records from `first` to `last`. */
  between(first: number, last: number): string[] {
    const found = new Set<string>();
    if (this.#byNumber.size > 0)
      for (let number = first; number <= last && found.size < MOST_TOLD; number++) {
        const traceparent = this.#byNumber.get(number);
        if (traceparent) found.add(traceparent);
      }
    return [...found];
  }
}
