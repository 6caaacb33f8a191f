import { hash } from 'node:crypto';
import { Fault } from '@quantrac/event-sourcing';
import { insertAbsent } from '@quantrac/mongo/mongo-bulk';
import { asking, type MongoCollection, type MongoDatabase } from '@quantrac/mongo/mongo-connection';
import { type Blob, type BlobRef, BlobStore } from './blob-store.ts';
import { dayBefore, dayNumber } from './day-number.ts';

export const COLLECTION = 'blobs';
/** Nearly every blob is one document; half of what MongoDB takes, so that a message holds several. */
const CHUNK_BYTES = 8 << 20;
export const MAX_BYTES = 64 << 20;

/** The first chunk of a blob is written last and tells how many there are: where it is, all are. */
interface Chunk {
  /** Day (u32), SHA-256, and from the second chunk on its number (u32): the index grows at its edge, a day long. */
  readonly _id: Uint8Array;
  readonly chunks: number;
  readonly bytes: Uint8Array;
}

interface NewBlob {
  readonly day: number;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** Chunks of bytes in a collection of a service's own database, never changed. */
export class MongoBlobStore extends BlobStore {
  readonly #chunks: MongoCollection<Chunk>;

  private constructor(readonly database: MongoDatabase) {
    super();
    this.#chunks = database.collection<Chunk>(COLLECTION);
  }

  static async open(database: MongoDatabase): Promise<MongoBlobStore> {
    return new MongoBlobStore(database);
  }

  async put(blobs: readonly Blob[]): Promise<readonly BlobRef[]> {
    for (const { bytes } of blobs)
      if (bytes.length > MAX_BYTES)
        throw Fault.invalid('BlobTooLarge', `${bytes.length} bytes are too many for one blob: at most ${MAX_BYTES}`);
    const named = blobs.map(({ bytes, storedAt }) => ({
      day: dayNumber(storedAt),
      sha256: hash('sha256', bytes),
      bytes,
    }));
    return blobs.length === 0 ? [] : asking(() => this.#put(named));
  }

  async close(): Promise<void> {}

  async #put(blobs: readonly NewBlob[]): Promise<readonly BlobRef[]> {
    const there = await this.#there(blobs);
    const fresh = new Map<BlobRef, NewBlob>();
    const refs = blobs.map((blob) => {
      const ref = `${blob.day}-${blob.sha256}`;
      const known = [ref, `${dayBefore(blob.day)}-${blob.sha256}`].find((one) => there.has(one) || fresh.has(one));
      if (known === undefined) fresh.set(ref, blob);
      return known ?? ref;
    });
    const chunks = [...fresh.values()].map(chunksOf);
    await insertAbsent(
      this.#chunks,
      chunks.flatMap(([, ...others]) => others),
    );
    await insertAbsent(
      this.#chunks,
      chunks.map(([first]) => first!),
    );
    return refs;
  }

  /** The references of those bytes that are stored, under their day or the one before. */
  async #there(blobs: readonly NewBlob[]): Promise<ReadonlySet<BlobRef>> {
    const ids = blobs.flatMap(({ day, sha256 }) => [idOf(day, sha256), idOf(dayBefore(day), sha256)]);
    const found = await this.#chunks
      .find<{ _id: Buffer }>({ _id: { $in: ids } }, { projection: { _id: 1 }, promoteBuffers: true })
      .toArray();
    return new Set(found.map(({ _id }) => `${_id.readUInt32BE(0)}-${_id.toString('hex', 4)}`));
  }

  protected async find(days: readonly number[], sha256: string): Promise<Uint8Array | undefined> {
    return asking(async () => {
      const [first] = (await this.#read(days.map((day) => idOf(day, sha256)))).reverse();
      if (!first) return undefined;
      const others = Array.from({ length: first.chunks - 1 }, (_, n) => chunkId(first._id, n + 1));
      const rest = others.length === 0 ? [] : await this.#read(others);
      return Buffer.concat([first, ...rest].map(({ bytes }) => bytes));
    });
  }

  /** Ascending by day and number. */
  #read(ids: readonly Uint8Array[]) {
    return this.#chunks
      .find<{ _id: Buffer; chunks: number; bytes: Buffer }>({ _id: { $in: [...ids] } }, { promoteBuffers: true })
      .sort({ _id: 1 })
      .toArray();
  }
}

function chunksOf({ day, sha256, bytes }: NewBlob): Chunk[] {
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from({ length: chunks }, (_, n) => ({
    _id: n === 0 ? idOf(day, sha256) : chunkId(idOf(day, sha256), n),
    chunks,
    bytes: bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  }));
}

const idOf = (day: number, sha256: string): Buffer => Buffer.concat([u32(day), Buffer.from(sha256, 'hex')]);
const chunkId = (first: Buffer, number: number): Buffer => Buffer.concat([first, u32(number)]);

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
