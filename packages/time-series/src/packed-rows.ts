import type { Row } from './time-series.ts';

/** Rows by columns, texts that repeat by number: a batch crosses to the file's thread as a handful of buffers. */
export interface PackedRows {
  readonly names: readonly string[];
  /** Four numbers a row: collection, key, series, type. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Three numbers a row: time, version, knownAt. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly sequences: readonly string[];
  /** Where each value ends in `values`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
}

/** A row whose value is text, as a step makes it, or bytes. */
export type RowToPack = Omit<Row, 'value'> & ({ readonly text: string } | { readonly value: Uint8Array });

export function packRows(rows: readonly RowToPack[]): PackedRows {
  const names: string[] = [];
  const known = new Map<string, number>();
  const number = (name: string): number => {
    const there = known.get(name);
    if (there !== undefined) return there;
    known.set(name, names.length);
    return names.push(name) - 1;
  };
  const ids = new Uint32Array(rows.length * 4);
  const numbers = new Float64Array(rows.length * 3);
  rows.forEach((row, index) => {
    ids[index * 4] = number(row.collection);
    ids[index * 4 + 1] = number(row.key);
    ids[index * 4 + 2] = number(row.series);
    ids[index * 4 + 3] = number(row.type);
    numbers[index * 3] = row.time;
    numbers[index * 3 + 1] = row.version;
    numbers[index * 3 + 2] = row.knownAt;
  });
  return { names, ids, numbers, sequences: rows.map(({ sequence }) => sequence), ...valuesOf(rows) };
}

function valuesOf(rows: readonly RowToPack[]): Pick<PackedRows, 'ends' | 'values'> {
  const ends = new Uint32Array(rows.length);
  const most = rows.reduce((sum, row) => sum + ('text' in row ? row.text.length * 3 : row.value.length), 0);
  const values = Buffer.from(new ArrayBuffer(most));
  let at = 0;
  rows.forEach((row, index) => {
    if ('text' in row) at += values.write(row.text, at);
    else {
      values.set(row.value, at);
      at += row.value.length;
    }
    ends[index] = at;
  });
  return { ends, values: new Uint8Array(values.buffer as ArrayBuffer, 0, at).slice() };
}

export function unpackRows({ names, ids, numbers, sequences, ends, values }: PackedRows): Row[] {
  let start = 0;
  return sequences.map((sequence, index) => {
    const end = ends[index]!;
    const value = values.subarray(start, end);
    start = end;
    return {
      collection: names[ids[index * 4]!]!,
      key: names[ids[index * 4 + 1]!]!,
      series: names[ids[index * 4 + 2]!]!,
      type: names[ids[index * 4 + 3]!]!,
      time: numbers[index * 3]!,
      version: numbers[index * 3 + 1]!,
      knownAt: numbers[index * 3 + 2]!,
      sequence,
      value,
    };
  });
}

export const buffersOf = ({ ids, numbers, ends, values }: PackedRows): ArrayBuffer[] => [
  ids.buffer,
  numbers.buffer,
  ends.buffer,
  values.buffer,
];
