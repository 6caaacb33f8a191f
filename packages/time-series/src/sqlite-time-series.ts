import type { Database } from '@quantrac/sqlite';
import { buffersOf, packRows } from './packed-rows.ts';
import type { Repacked } from './repack.ts';
import { type LatestOf, type Range, type Row, TimeSeries } from './time-series.ts';

/** Rows in the service's own SQLite file. */
export class SqliteTimeSeries extends TimeSeries {
  private constructor(readonly database: Database) {
    super();
  }

  static async open(database: Database): Promise<SqliteTimeSeries> {
    await database.load(new URL('./sqlite-part.js', import.meta.url));
    return new SqliteTimeSeries(database);
  }

  async insert(rows: readonly Row[]): Promise<number> {
    if (rows.length === 0) return 0;
    const packed = packRows(rows);
    return this.database.call('time-series.insert', packed, buffersOf(packed));
  }

  async range(range: Range): Promise<readonly Row[]> {
    return (await this.ranges([range]))[0]!;
  }

  async ranges(ranges: readonly Range[]): Promise<readonly (readonly Row[])[]> {
    return ranges.length === 0 ? [] : this.database.call('time-series.ranges', ranges);
  }

  async latest(of: readonly LatestOf[]): Promise<readonly (Row | undefined)[]> {
    return of.length === 0 ? [] : this.database.call('time-series.latest', of);
  }

  async history(collection: string, key: string, after: string, limit: number): Promise<readonly Row[]> {
    return this.database.call('time-series.history', { collection, key, after, limit });
  }

  async keys(collection: string, after: string, limit: number): Promise<readonly string[]> {
    return this.database.call('time-series.keys', { collection, after, limit });
  }

  async count(collection: string): Promise<number> {
    return this.database.call('time-series.count', { collection });
  }

  /**
   * Moves the rows of closed hours into blocks, at most so many in one transaction: about 10 ms for 20.
   * Whoever hosts the store calls it while idle, until it is done, and again some minutes later.
   */
  async repack({ limit }: { limit: number }): Promise<Repacked> {
    return this.database.call('time-series.repack', { limit });
  }

  async close(): Promise<void> {}
}
