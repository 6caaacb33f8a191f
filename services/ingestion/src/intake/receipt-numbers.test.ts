import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { receiptNumbers } from './receipt-numbers.ts';

const firstEpoch = () => 1;

async function withDocuments(work: (documents: DocumentStore) => Promise<void>): Promise<void> {
  const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
  await work(documents).finally(close);
}

describe('numbers of receipts', () => {
  it('are never given twice, by instances that take them at the same time or after a restart', () =>
    withDocuments(async (documents) => {
      const instances = [
        receiptNumbers(documents, firstEpoch),
        receiptNumbers(documents, firstEpoch),
        receiptNumbers(documents, firstEpoch),
      ];
      const taken = await Promise.all(Array.from({ length: 6000 }, (_, index) => instances[index % 3]!.take()));
      assert.equal(new Set(taken).size, 6000);
    }));

  it('rise over all instances, so that a later receipt has the higher number', () =>
    withDocuments(async (documents) => {
      const [one, two] = [receiptNumbers(documents, firstEpoch), receiptNumbers(documents, firstEpoch)];
      const first = await one.take();
      const second = await two.take();
      assert.ok(second > first);
      await sleep(1100);
      assert.ok((await one.take()) > second);
    }));

  it('are others than those that a store has given and forgotten when it was put back to an earlier copy', () =>
    withDocuments(async (documents) => {
      const given = [
        await receiptNumbers(documents, firstEpoch).take(),
        await receiptNumbers(documents, () => 2).take(),
      ];
      await withDocuments(async (putBack) => {
        given.push(await receiptNumbers(putBack, () => 3).take());
      });
      assert.deepEqual(given, [1, 1_000_000_001, 2_000_000_001]);
    }));

  it('are given again once a store that failed works', () =>
    withDocuments(async (documents) => {
      let fails = true;
      const failing: Parameters<typeof receiptNumbers>[0] = {
        get: (collection, key) => documents.get(collection, key),
        putMany: (collection, puts) =>
          fails ? Promise.reject(Fault.unavailable('DiskFull', 'full')) : documents.putMany(collection, puts),
      };
      const numbers = receiptNumbers(failing, firstEpoch);
      await assert.rejects(numbers.take(), /full/);
      fails = false;
      assert.equal(await numbers.take(), 1);
    }));
});
