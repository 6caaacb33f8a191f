import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { envelopeOf, topics } from '@quantrac/contracts';
import { RECEIPTS, type Receipt } from '@quantrac/ingestion/domain/receipt';
import { openEmbeddedStores } from '@quantrac/service';
import { toldBy, wronglyTold } from './told-once.ts';

export interface StoredReceipt extends Receipt {
  readonly outcome: 'accepted' | 'held' | 'repeat';
}

/** What ingestion's file holds; read while nobody works on it. */
export interface StoredIntake {
  readonly receipts: readonly StoredReceipt[];
  /** The bytes of a receipt, as they are stored. */
  readonly bytes: (receipt: Receipt) => Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function storedIntake(data: string): Promise<StoredIntake> {
  const { series, blobs, close } = await openEmbeddedStores(data, 'ingestion');
  const receipts: StoredReceipt[] = [];
  for (const key of await series.keys(RECEIPTS, '', 10_000)) {
    const range = { collection: RECEIPTS, key, series: 'receipt', from: 0, to: Infinity, versions: 'all' } as const;
    for (const { value } of await series.range(range)) receipts.push(JSON.parse(new TextDecoder().decode(value)));
  }
  return { receipts, bytes: ({ blob }) => blobs.get(blob), close };
}

/** A receipt's number, and a file's acceptance, stands once; whole bytes lie under their hash. */
export async function assertReceivedOnce({ receipts, bytes }: StoredIntake): Promise<void> {
  assert.equal(new Set(receipts.map(({ receipt }) => receipt)).size, receipts.length);
  const taken = receipts.filter(({ outcome }) => outcome !== 'repeat').map(({ name, sha256 }) => `${name} ${sha256}`);
  assert.equal(new Set(taken).size, taken.length);
  for (const receipt of receipts) assert.equal(hash('sha256', await bytes(receipt)), receipt.sha256);
}

/** Every version of a set or an advance is told once, one id never has two contents, and what is known only grows. */
export async function assertToldOnce(data: string): Promise<void> {
  for (const [topic, records] of await toldBy(data, [topics.observationsReceived, topics.intakeHeld])) {
    assert.deepEqual(wronglyTold(records), [], topic);
    const knownAt = new Map<string, number>();
    for (const record of records) {
      const { id, key, knownAt: known } = envelopeOf(record);
      assert.ok((knownAt.get(key) ?? 0) <= known, `${id} is known after what was told before it`);
      knownAt.set(key, known);
    }
  }
}
