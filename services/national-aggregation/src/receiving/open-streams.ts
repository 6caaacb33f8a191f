import type { Fault } from '@quantrac/event-sourcing';

/** What others may ask of a node's open stream. */
export interface OpenStream {
  readonly node: string;
  /** Ends it for a reason that its sender is told. */
  readonly close: (reason: Fault) => void;
  /** Resolves when it is closed and what it had begun to write is written. */
  readonly settled: Promise<void>;
}

/** One stream a node: the newest, since the one before may hang on a connection that is gone. */
export class OpenStreams<Stream extends OpenStream> {
  readonly #streams = new Map<string, Stream>();

  get(node: string): Stream | undefined {
    return this.#streams.get(node);
  }

  /** Resolves when no older stream of the node writes any more. */
  async open(stream: Stream, reason: Fault): Promise<void> {
    const before = this.#streams.get(stream.node);
    this.#streams.set(stream.node, stream);
    before?.close(reason);
    await before?.settled;
  }

  /** True when the stream was the node's newest. */
  closed(stream: Stream): boolean {
    if (this.#streams.get(stream.node) !== stream) return false;
    this.#streams.delete(stream.node);
    return true;
  }

  async closeAll(reason: Fault): Promise<void> {
    const all = [...this.#streams.values()];
    for (const stream of all) stream.close(reason);
    await Promise.all(all.map(({ settled }) => settled));
  }
}
