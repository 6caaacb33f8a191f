import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Connection, Register } from '@quantrac/sqlite';

/** Where the value of a new row lies: in the row itself, or in a chunk. */
export interface ValuePlace {
  readonly value: Uint8Array | null;
  readonly chunk: number | null;
  readonly at: number;
  readonly length: number;
}

export interface RowChunks {
  /** Stores values that arrive together, of so many rows; the chunk's number. */
  readonly add: (values: Uint8Array, rows: number) => number;
  /** A view into a chunk where the value lies in one. */
  readonly valueOf: (place: ValuePlace) => Uint8Array;
  /** So many rows of the chunk are no more; a chunk without rows goes. */
  readonly release: (chunk: number, rows: number) => void;
}

/** Large enough to compress well, small enough that one row's value is quickly there. */
export const CHUNK_BYTES = 64 << 10;
const CHUNKS_CACHED = 256;
const fastest = { params: { 100: 1 } };

export function rowChunks(connection: Connection, onRollback: Register): RowChunks {
  const insert = connection.prepare('INSERT INTO series_chunks (rows, bytes) VALUES (?, ?)');
  const bytesOf = connection.prepare<[number], Buffer>('SELECT bytes FROM series_chunks WHERE id = ?').pluck();
  const take = connection.prepare('UPDATE series_chunks SET rows = rows - ? WHERE id = ?');
  const remove = connection.prepare('DELETE FROM series_chunks WHERE id = ? AND rows <= 0');
  const cached = new Map<number, Uint8Array>();
  onRollback(() => cached.clear());
  const read = (chunk: number): Uint8Array => {
    const known = cached.get(chunk);
    if (known) return known;
    const bytes = zstdDecompressSync(bytesOf.get(chunk)!);
    cached.set(chunk, bytes);
    if (cached.size > CHUNKS_CACHED) cached.delete(cached.keys().next().value!);
    return bytes;
  };
  return {
    add: (values, rows) => Number(insert.run(rows, zstdCompressSync(values, fastest)).lastInsertRowid),
    valueOf: ({ value, chunk, at, length }) => value ?? read(chunk!).subarray(at, at + length),
    release: (chunk, rows) => {
      take.run(rows, chunk);
      remove.run(chunk);
    },
  };
}
