/** A kind of document and the fields it is found by; indexes are made at open and compared with what is there. */
export interface Collection<Document> {
  readonly name: string;
  /** By index name: the fields, in order, by which documents are found and sorted. */
  readonly indexes?: Readonly<Record<string, readonly (keyof Document & string)[]>>;
}

export interface Stored<Document> {
  readonly key: string;
  /** 1 at the first put, one more at each. */
  readonly revision: number;
  readonly document: Document;
}

export interface Put<Document> {
  readonly key: string;
  readonly document: Document;
  /** 0: must be absent. `undefined`: whatever is there. */
  readonly expected?: number | undefined;
}

export type FieldValue = string | number;

export interface Find {
  /** Values of the index's first fields; all must be equal. */
  readonly equals?: readonly FieldValue[];
  /** On the field after those: from (inclusive), to (exclusive). */
  readonly from?: FieldValue;
  readonly to?: FieldValue;
  readonly descending?: boolean;
  /** 1,000 unless said. */
  readonly limit?: number;
}

/** JSON documents by key, replaced only at the revision that the writer saw. */
export abstract class DocumentStore {
  /** Makes the collection and its indexes if need be; everything else here does so by itself. Throws the Fault `invalid` for an index that stands with other fields. */
  abstract declare<D>(collection: Collection<D>): Promise<void>;

  abstract get<D>(collection: Collection<D>, key: string): Promise<Stored<D> | undefined>;

  /** Those that are there, in no promised order. */
  abstract getMany<D>(collection: Collection<D>, keys: readonly string[]): Promise<readonly Stored<D>[]>;

  /** The new revision. Throws the Fault `conflict` when the document has another revision than expected. */
  abstract put<D>(collection: Collection<D>, put: Put<D>): Promise<number>;

  /** For each put its new revision, or `undefined` when it lost the race; each alone is all or nothing. */
  abstract putMany<D>(collection: Collection<D>, puts: readonly Put<D>[]): Promise<readonly (number | undefined)[]>;

  /** Removes what is there; a missing key is no error. */
  abstract remove<D>(collection: Collection<D>, key: string): Promise<void>;

  /** By a declared index, in its order and then by key. Throws the Fault `invalid` for an index that was not declared. */
  abstract find<D>(collection: Collection<D>, index: string, find: Find): Promise<readonly Stored<D>[]>;

  /** Documents in key order, from after a key; 10,000 unless said. */
  abstract list<D>(
    collection: Collection<D>,
    options?: { after?: string; limit?: number },
  ): Promise<readonly Stored<D>[]>;

  abstract count<D>(collection: Collection<D>): Promise<number>;

  /**
   * How many documents there are of each value of an index's field after those that must be equal; without loading one. What lacks the
   * field is not counted. Throws the Fault `invalid` as `find` does.
   */
  abstract countBy<D>(
    collection: Collection<D>,
    index: string,
    equals?: readonly FieldValue[],
  ): Promise<ReadonlyMap<FieldValue, number>>;

  abstract close(): Promise<void>;
}
