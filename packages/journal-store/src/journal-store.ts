/** What a journal carries at most once: a topic's record of a key, by its sequence. */
export type Taken = readonly [topic: string, key: string, sequence: string];

/** Records first, first + 1, ... of a journal, as they are stored and sent. */
export interface Append {
  /** `<node id>/<incarnation>` */
  readonly journal: string;
  /** The number of the block's first record: one more than the journal holds. */
  readonly first: number;
  readonly count: number;
  /** Opaque to the store: given back as it came. */
  readonly block: Uint8Array;
  /** The tree after the block: its edge, and its root. */
  readonly edge: Uint8Array;
  readonly root: Uint8Array;
  /** By topic and key, the highest sequence that the block brings. */
  readonly taken: readonly Taken[];
  /** Where the reader of the topics stands once the block is there; what is not named stays. */
  readonly positions?: Readonly<Record<string, string>> | undefined;
}

export interface JournalHead {
  /** How many records it holds: the number of the last one. */
  readonly size: number;
  readonly edge: Uint8Array;
  readonly root: Uint8Array;
  readonly positions: Readonly<Record<string, string>>;
}

export interface StoredBlock {
  readonly first: number;
  readonly count: number;
  readonly block: Uint8Array;
  /** The root after the block. */
  readonly root: Uint8Array;
  /** The edge before it: with its records, the root of any size is known. */
  readonly edgeBefore: Uint8Array;
}

/** Journals of numbered records in blocks: appended at their end by one conditional write, never trimmed, never changed. */
export abstract class JournalStore {
  /**
   * All or nothing, durable when it resolves. Throws the Fault `conflict`: `JournalMoved` where the journal does not end before
   * `first`, `SequenceTaken` where it holds a sequence of that topic and key that is not lower.
   */
  abstract append(block: Append): Promise<void>;

  /** Where a journal stands; `undefined`: it holds nothing. */
  abstract head(journal: string): Promise<JournalHead | undefined>;

  /** The highest sequence of each topic and key, in their order. */
  abstract taken(
    journal: string,
    of: readonly (readonly [topic: string, key: string])[],
  ): Promise<readonly (string | undefined)[]>;

  /** The block that holds record `from` and those behind it, until they reach `maxBytes`; none behind the journal's end. */
  abstract blocks(journal: string, from: number, maxBytes: number): Promise<readonly StoredBlock[]>;

  /** All journals by name, with their sizes. */
  abstract journals(): Promise<readonly { readonly journal: string; readonly size: number }[]>;

  abstract close(): Promise<void>;

  async size(journal: string): Promise<number> {
    return (await this.head(journal))?.size ?? 0;
  }
}
