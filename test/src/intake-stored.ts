import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { envelopeOf, type TopicDeclaration, topics } from '@quantrac/contracts';
import { RECEIPTS, type Receipt } from '@quantrac/ingestion/domain/receipt';
import type { HostedStores } from '@quantrac/service';
import { allRecords } from './all-records.ts';
import { type NodeStores, openStoresOf } from './node-stores.ts';
import { firstTold, wronglyTold } from './told-once.ts';

const MOST = 1_000_000;

export interface StoredReceipt extends Receipt {
  readonly outcome: 'accepted' | 'held' | 'repeat';
}

/** What ingestion's stores hold; read while nobody works on them. */
export interface StoredIntake {
  readonly receipts: readonly StoredReceipt[];
  /** The bytes of a receipt, as they are stored. */
  readonly bytes: (receipt: Receipt) => Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function storedIntake(stores: NodeStores): Promise<StoredIntake> {
  const { series, blobs, close } = await openStoresOf(stores, 'ingestion');
  const receipts: StoredReceipt[] = [];
  for (const key of await series.keys(RECEIPTS, '', MOST)) {
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

/**
 * Every version of a set or an advance is told in the order of its key, once - on servers maybe again, as it was, behind its first time;
 * one id never has two contents, and what is known only grows.
 */
export async function assertToldOnce(stores: NodeStores): Promise<void> {
  const opened = await openStoresOf(stores, 'ingestion');
  try {
    for (const topic of [topics.observationsReceived, topics.intakeHeld]) await assertTopicToldOnce(topic, opened);
  } finally {
    await opened.close();
  }
}

async function assertTopicToldOnce(topic: TopicDeclaration, { log, series, servers }: HostedStores): Promise<void> {
  const records = await allRecords(log, topic);
  assert.deepEqual(wronglyTold(records), [], topic.name);
  const told = Map.groupBy((servers.length > 0 ? firstTold(records) : records).map(envelopeOf), ({ key }) => key);
  assert.deepEqual([...told.keys()].sort(), [...(await series.keys(topic.name, '', MOST))].sort());
  for (const [key, ofKey] of told) {
    const stored = await series.history(topic.name, key, '', MOST);
    assert.deepEqual(
      ofKey.map(({ sequence }) => sequence),
      stored.map(({ sequence }) => sequence),
    );
    ofKey.reduce((known, { id, knownAt }) => {
      assert.ok(known <= knownAt, `${id} is known after what was told before it`);
      return knownAt;
    }, 0);
  }
}
