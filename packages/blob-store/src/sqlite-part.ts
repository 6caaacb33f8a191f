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

/** New blobs of one commit lie together, compressed, in packs; the index begins with the day, so that it grows at its edge. */
const schema = `
  CREATE TABLE IF NOT EXISTS blob_packs (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS blobs (
    day INTEGER NOT NULL, hash BLOB NOT NULL, pack INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (day, hash)
  ) STRICT, WITHOUT ROWID;
`;

/** A pack is full at this size: reading one blob unpacks its whole pack. */
const PACK_BYTES = 1_000_000;
const fastest = { params: { 100: 1 } };

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
  const lastPack = connection.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) AS id FROM blob_packs');
  const addPack = connection.prepare<[number, Uint8Array]>('INSERT INTO blob_packs (id, bytes) VALUES (?, ?)');
  return ({ bytes, blobs }) => {
    const packs = packing(lastPack.get()!.id, (id, packed) => addPack.run(id, zstdCompressSync(packed, fastest)));
    let end = 0;
    const days = blobs.map(({ day, dayBefore, hash, length }) => {
      end += length;
      if (find.get(day, hash)) return day;
      if (find.get(dayBefore, hash)) return dayBefore;
      const { pack, start } = packs.add(bytes.subarray(end - length, end));
      insert.run(day, hash, pack, start, length);
      return day;
    });
    packs.finish();
    return days;
  };
}

/** Gathers bytes into packs of about `PACK_BYTES`, numbered from after `last`. */
function packing(last: number, write: (id: number, packed: Buffer) => void) {
  let id = last + 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const finish = () => {
    if (parts.length === 0) return;
    write(id, Buffer.concat(parts));
    id++;
    parts = [];
    length = 0;
  };
  const add = (bytes: Uint8Array) => {
    if (length >= PACK_BYTES) finish();
    const place = { pack: id, start: length };
    parts.push(bytes);
    length += bytes.length;
    return place;
  };
  return { add, finish };
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
      get: read(({ days, hash }: { days: readonly number[]; hash: Uint8Array }) => {
        const place = days.map((day) => find.get(day, hash)).find((there) => there !== undefined);
        if (!place) return undefined;
        const { bytes } = pack.get(place.pack)!;
        return new Uint8Array(zstdDecompressSync(bytes).subarray(place.start, place.start + place.length));
      }),
    };
  },
};
