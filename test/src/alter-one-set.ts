import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';

interface SetRow {
  readonly id: number;
  readonly value: Buffer | null;
  readonly at: number;
  readonly length: number;
  /** Of the chunk that its value lies in. */
  readonly bytes: Buffer | null;
}

/** As somebody would who has the file: one value of one set becomes another. Throws while no set is there. */
export function alterOneSet(file: string): { station: string; time: string } {
  const database = new Database(file);
  try {
    const { id, value, at, length, bytes } = database
      .prepare<[], SetRow>(
        `SELECT series_rows.id, value, at, length, bytes FROM series_rows JOIN series_names ON series_names.id = type
         LEFT JOIN series_chunks ON series_chunks.id = chunk WHERE name = 'ObservationSetChecked' ORDER BY time LIMIT 1`,
      )
      .get()!;
    const text = (value ?? zstdDecompressSync(bytes!).subarray(at, at + length)).toString();
    const set = JSON.parse(text) as { station: string; time: string; readings: { value: string }[] };
    set.readings[0]!.value = '123.456';
    database
      .prepare('UPDATE series_rows SET value = ?, chunk = NULL WHERE id = ?')
      .run(Buffer.from(JSON.stringify(set)), id);
    return set;
  } finally {
    database.close();
  }
}
