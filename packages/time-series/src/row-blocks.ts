import type { Connection } from '@quantrac/sqlite';
import { decodeRows, encodeRows } from './row-block.ts';
import { HOUR_MS, hourOf, type Owner, type StoredRow } from './series-tables.ts';

interface BlockRow {
  readonly id: number;
  readonly hour: number;
  readonly first_sequence: string;
  readonly bytes: Buffer;
}

export interface RowBlocks {
  /** The block's rows, by series, time and version; none when the hour has no block. */
  readonly of: (owner: Owner, hour: number) => StoredRow[];
  /** Rows with a time in [from, to), hour after hour. */
  readonly between: (owner: Owner, from: number, to: number) => Iterable<StoredRow>;
  /** Among others the first `limit` rows behind a sequence, in no order. */
  readonly behind: (owner: Owner, sequence: string, limit: number) => StoredRow[];
  /** Replaces the hour's block. */
  readonly put: (owner: Owner, hour: number, rows: readonly StoredRow[]) => void;
  /** No row at or after this time lies in a block. */
  readonly packedBefore: (collection: number) => number;
  /** How many rows lie in blocks. */
  readonly count: (collection: number) => number;
  /** So many rows more have come to lie in blocks, this hour's among them. */
  readonly packed: (collection: number, hour: number, rows: number) => void;
}

const bySeriesAndTime = (a: StoredRow, b: StoredRow) => a.series - b.series || a.time - b.time || a.version - b.version;

/** `+?`: see `newRows`. */
export function rowBlocks(connection: Connection): RowBlocks {
  const ofHour = connection.prepare<[number, number, number], BlockRow>(
    'SELECT id, hour, first_sequence, bytes FROM series_blocks WHERE collection = ? AND key = ? AND hour = ?',
  );
  const inHours = connection.prepare<[number, number, number, number], BlockRow>(
    `SELECT id, hour, first_sequence, bytes FROM series_blocks
     WHERE collection = +? AND key = +? AND hour >= ? AND hour <= ? ORDER BY hour`,
  );
  const bySequence = connection.prepare<[number, number, string], BlockRow>(
    `SELECT id, hour, first_sequence, bytes FROM series_blocks INDEXED BY series_block_sequences
     WHERE collection = +? AND key = +? AND last_sequence > ? ORDER BY first_sequence`,
  );
  const put = connection.prepare(
    `INSERT INTO series_blocks (collection, key, hour, first_sequence, last_sequence, bytes) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (collection, key, hour) DO UPDATE
     SET first_sequence = excluded.first_sequence, last_sequence = excluded.last_sequence, bytes = excluded.bytes`,
  );
  const packed = connection.prepare<[number], { packed_before: number; rows: number }>(
    'SELECT packed_before, rows FROM series_packed WHERE collection = ?',
  );
  const add = connection.prepare(
    `INSERT INTO series_packed (collection, packed_before, rows) VALUES (?, ?, ?)
     ON CONFLICT (collection) DO UPDATE
     SET packed_before = max(packed_before, excluded.packed_before), rows = rows + excluded.rows`,
  );
  const packedBefore = (collection: number): number => packed.get(collection)?.packed_before ?? -Infinity;
  return {
    of: ({ collection, key }, hour) => {
      const block = ofHour.get(collection, key, hour);
      return block ? decodeRows(hour, block.bytes) : [];
    },
    *between({ collection, key }, from, to) {
      if (from >= packedBefore(collection)) return;
      for (const { hour, bytes } of inHours.iterate(collection, key, hourOf(from), hourOf(to)))
        for (const row of decodeRows(hour, bytes)) if (row.time >= from && row.time < to) yield row;
    },
    behind: ({ collection, key }, sequence, limit) => {
      const found: StoredRow[] = [];
      for (const { hour, first_sequence, bytes } of bySequence.iterate(collection, key, sequence)) {
        const settled = found.filter((row) => row.sequence < first_sequence).length;
        if (settled >= limit) break;
        found.push(...decodeRows(hour, bytes).filter((row) => row.sequence > sequence));
      }
      return found;
    },
    put: ({ collection, key }, hour, rows) => {
      const sequences = rows.map((row) => row.sequence).sort();
      const bytes = encodeRows(hour, rows.toSorted(bySeriesAndTime));
      put.run(collection, key, hour, sequences[0], sequences.at(-1), bytes);
    },
    packedBefore,
    count: (collection) => packed.get(collection)?.rows ?? 0,
    packed: (collection, hour, rows) => void add.run(collection, (hour + 1) * HOUR_MS, rows),
  };
}
