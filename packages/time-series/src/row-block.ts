import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { HOUR_MS, type StoredRow } from './series-tables.ts';

/** The columns of a block's rows but for the values, which follow as they are. Times count from the hour's begin, knownAt from the time. */
interface Columns {
  readonly series: number[];
  readonly time: number[];
  readonly version: number[];
  readonly knownAt: number[];
  readonly type: number[];
  readonly sequence: string[];
  readonly length: number[];
}

const fastest = { params: { 100: 1 } };

/** Rows of one key and hour as compressed bytes: length of the columns u32, columns (JSON), values. */
export function encodeRows(hour: number, rows: readonly StoredRow[]): Uint8Array {
  const columns: Columns = { series: [], time: [], version: [], knownAt: [], type: [], sequence: [], length: [] };
  for (const row of rows) {
    columns.series.push(row.series);
    columns.time.push(row.time - hour * HOUR_MS);
    columns.version.push(row.version);
    columns.knownAt.push(row.known_at - row.time);
    columns.type.push(row.type);
    columns.sequence.push(row.sequence);
    columns.length.push(row.value.length);
  }
  const text = Buffer.from(JSON.stringify(columns));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return zstdCompressSync(Buffer.concat([head, text, ...rows.map(({ value }) => value)]), fastest);
}

/** Values are views into the block. */
export function decodeRows(hour: number, bytes: Uint8Array): StoredRow[] {
  const block = zstdDecompressSync(bytes);
  const values = 4 + block.readUInt32LE(0);
  const columns = JSON.parse(block.toString('utf8', 4, values)) as Columns;
  let end = values;
  return columns.length.map((length, at) => {
    end += length;
    const time = hour * HOUR_MS + columns.time[at]!;
    return {
      series: columns.series[at]!,
      time,
      version: columns.version[at]!,
      known_at: time + columns.knownAt[at]!,
      type: columns.type[at]!,
      sequence: columns.sequence[at]!,
      value: block.subarray(end - length, end),
    };
  });
}
