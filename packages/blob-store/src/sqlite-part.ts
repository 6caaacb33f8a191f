import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Connection, type Part, read, write } from '@quantrac/sqlite';

export interface PutArgument {
  /** All blobs' bytes, one after the other. */
  readonly bytes: Uint8Array;
  readonly blobs: readonly {
    readonly day: number;
    readonly dayBefore: number;
    readonly hash: Uint8Array;
    readonly length: number;
  }[];
}

/** Blobs of one commit lie together, compressed, in a pack; the index begins with the day, so that it grows at its edge. */
const schema = `
  CREATE TABLE IF NOT EXISTS blob_packs (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS blobs (
    day INTEGER NOT NULL, hash BLOB NOT NULL, pack INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (day, hash)
  ) STRICT, WITHOUT ROWID;
`;

interface Place {
  readonly pack: number;
  readonly start: number;
  readonly length: number;
}

/** Stores what is new; answers for each blob the day that its address begins with. */
export type PutBlobs = (argument: PutArgument) => number[];

export function blobPutter(connection: Connection): PutBlobs {
  connection.exec(schema);
  const find = connection.prepare<[number, Uint8Array], Place>(
    'SELECT pack, start, length FROM blobs WHERE day = ? AND hash = ?',
  );
  const insert = connection.prepare('INSERT INTO blobs (day, hash, pack, start, length) VALUES (?, ?, ?, ?, ?)');
  const addPack = connection.prepare('INSERT INTO blob_packs (bytes) VALUES (?)');
  const nextPack = connection.prepare<[], { next: number }>('SELECT coalesce(max(id), 0) + 1 AS next FROM blob_packs');
  return ({ bytes, blobs }) => {
    const pack = nextPack.get()!.next;
    const kept: Uint8Array[] = [];
    let keptLength = 0;
    let from = 0;
    const days = blobs.map(({ day, dayBefore, hash, length }) => {
      const start = from;
      from += length;
      if (find.get(day, hash)) return day;
      if (find.get(dayBefore, hash)) return dayBefore;
      insert.run(day, hash, pack, keptLength, length);
      kept.push(bytes.subarray(start, from));
      keptLength += length;
      return day;
    });
    if (kept.length > 0) addPack.run(zstdCompressSync(Buffer.concat(kept), { params: { 100: 1 } }));
    return days;
  };
}

export const part: Part = {
  name: 'blob-store',
  open(connection) {
    const put = blobPutter(connection);
    const find = connection.prepare<[number, Uint8Array], Place>(
      'SELECT pack, start, length FROM blobs WHERE day = ? AND hash = ?',
    );
    const pack = connection.prepare<[number], { bytes: Buffer }>('SELECT bytes FROM blob_packs WHERE id = ?');
    return {
      put: write(put),
      get: read(({ day, hash }: { day: number; hash: Uint8Array }) => {
        const place = find.get(day, hash);
        if (!place) return undefined;
        const { bytes } = pack.get(place.pack)!;
        return new Uint8Array(zstdDecompressSync(bytes).subarray(place.start, place.start + place.length));
      }),
    };
  },
};
