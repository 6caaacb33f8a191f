/**
 * One version of one thing that has a time: an observation set, a mean, an advance.
 * Identity is (collection, key, series, time); a row is never changed, a higher version follows it.
 */
export interface Row {
  /** What kind of rows, and whose: one collection holds all rows whose records one topic carries. */
  readonly collection: string;
  /** The station (or facility, node) that rows are kept together by. */
  readonly key: string;
  /** Which of the key's series: `set`, or `<channel>/mean/1h`. */
  readonly series: string;
  /** ms since 1970, UTC. */
  readonly time: number;
  readonly version: number;
  /** When this version became known, ms; set once at its origin. */
  readonly knownAt: number;
  /** The type of the record that carried it. */
  readonly type: string;
  /** The record's sequence, `<epoch>.<revision>.<index>`; History gives records back by it. */
  readonly sequence: string;
  /** The record's exact value bytes. */
  readonly value: Uint8Array;
}

export interface Range {
  readonly collection: string;
  readonly key: string;
  /** Undefined: all series of the key. */
  readonly series?: string | undefined;
  /** Inclusive, ms. */
  readonly from: number;
  /** Exclusive, ms. */
  readonly to: number;
  /** `current` (default): the highest version of each; `all`: every version, ascending. */
  readonly versions?: 'current' | 'all';
  /** Only versions known at this moment: what was known as of then. */
  readonly knownAt?: number | undefined;
  readonly limit?: number;
}

export interface LatestOf {
  readonly collection: string;
  readonly key: string;
  readonly series: string;
}

/** Rows by key, series and time, inserted once, read by range, newest first where asked. */
export abstract class TimeSeries {
  /** Inserts what is absent by identity and version; a row that is there stays as it is. How many were new. */
  abstract insert(rows: readonly Row[]): Promise<number>;

  /** Ascending by series, time, version. */
  abstract range(range: Range): Promise<readonly Row[]>;

  /** Many ranges in one request, answers in their order. */
  abstract ranges(ranges: readonly Range[]): Promise<readonly (readonly Row[])[]>;

  /**
   * Of these rows those whose identity and version stand with other bytes, as they were given. It reads a range a row:
   * for after an insert of which not all was new.
   */
  async contradicted(rows: readonly Row[]): Promise<readonly Row[]> {
    const standing = await this.ranges(
      rows.map(({ collection, key, series, time }) => ({
        collection,
        key,
        series,
        from: time,
        to: time + 1,
        versions: 'all',
      })),
    );
    return rows.filter(({ version, value }, index) => {
      const there = standing[index]!.find((row) => row.version === version);
      return there !== undefined && Buffer.compare(there.value, value) !== 0;
    });
  }

  /** The newest row of each series, at its highest version; `undefined` where there is none. */
  abstract latest(of: readonly LatestOf[]): Promise<readonly (Row | undefined)[]>;

  /** A key's rows of a collection by ascending sequence, from after one: what its topic carried. */
  abstract history(collection: string, key: string, after: string, limit: number): Promise<readonly Row[]>;

  /** The collection's keys in order, from after one. */
  abstract keys(collection: string, after: string, limit: number): Promise<readonly string[]>;

  abstract count(collection: string): Promise<number>;

  abstract close(): Promise<void>;
}
