import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { nobodyStarves } from '@quantrac/conformance/eight-instances';
import type { NewStore } from '@quantrac/conformance/store-under-test';
import { isFault } from '@quantrac/event-sourcing';
import { type BlobRef, type BlobStore, blobRef, sha256Of } from './blob-store.ts';
import { blob, noon } from './conformance-deeds.ts';

const isUnknown = (error: unknown) => isFault(error, 'BlobUnknown') && error.kind === 'not-found';
const text = async (store: BlobStore, ref: BlobRef) => Buffer.from(await store.get(ref)).toString();
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix} ${n}`);

/** What a blob store promises, on every adapter. */
export function conformance(name: string, newStore: NewStore<BlobStore>): void {
  describe(`a blob store on ${name}`, () => {
    test('gives back the bytes that were put, after it was opened again', async (t) => {
      const place = newStore(t);
      const contents = [
        Buffer.alloc(0),
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
        Buffer.from('PM2,5\t12,5\tµg/m³\t00\r\n'),
        randomBytes(3_000_000),
        randomBytes(1),
      ];
      const refs = await (await place.open()).put(contents.map((bytes) => ({ bytes, storedAt: noon(15) })));
      await place.close();
      const store = await place.open();
      for (const [at, ref] of refs.entries()) assert.ok(contents[at]!.equals(await store.get(ref)));
    });

    test('names bytes by their SHA-256 and day, known before they are stored', async (t) => {
      const store = await newStore(t).open();
      const sha256 = createHash('sha256').update('a file').digest('hex');
      const [ref] = await store.put([blob('a file')]);
      assert.equal(sha256Of(ref!), sha256);
      assert.equal(ref, blobRef(sha256, noon(15)));
      assert.equal(await text(store, blobRef(sha256, noon(16))), 'a file');
      await assert.rejects(store.get(blobRef(sha256, noon(14))), isUnknown);
      await assert.rejects(store.get(blobRef(sha256, noon(17))), isUnknown);
    });

    test('finds bytes of the last day of a month or year from the day after', async (t) => {
      const store = await newStore(t).open();
      for (const day of [0, 31, 59]) {
        const [ref] = await store.put([blob(`stored on ${day}`, noon(day))]);
        assert.equal(await text(store, blobRef(sha256Of(ref!), noon(day + 1))), `stored on ${day}`);
      }
    });

    test('gives the references of one put in the order of its blobs', async (t) => {
      const store = await newStore(t).open();
      const texts = [...numbered('file', 50), ...numbered('file', 50).toReversed(), 'file 7'];
      const refs = await store.put(texts.map((one) => blob(one)));
      for (const [at, ref] of refs.entries()) assert.equal(await text(store, ref), texts[at]);
      assert.equal(new Set(refs).size, 50);
      assert.deepEqual(await store.put([]), []);
    });

    test('keeps the same bytes of the same or the following day once', async (t) => {
      const store = await newStore(t).open();
      const [first] = await store.put([blob('same', noon(15))]);
      assert.deepEqual(await store.put([blob('same', noon(15)), blob('same', noon(16))]), [first, first]);
      const [later] = await store.put([blob('same', noon(20))]);
      assert.notEqual(later, first);
      assert.equal(await text(store, first!), 'same');
      assert.equal(await text(store, later!), 'same');
    });

    test('keeps every address true when the clock goes a year forward and back', async (t) => {
      const store = await newStore(t).open();
      const year = 365 * 86_400_000;
      const times = [noon(15), noon(15) + year, noon(15) - year, noon(15)];
      const refs: BlobRef[] = [];
      for (const storedAt of times) refs.push(...(await store.put([blob('same', storedAt)])));
      for (const ref of refs) assert.equal(await text(store, ref), 'same');
      assert.equal(refs[3], refs[0]);
    });

    test('says which reference it does not know', async (t) => {
      const store = await newStore(t).open();
      const [ref] = await store.put([blob('there')]);
      const others = [
        ref!.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        ref!.replace('2026', '2025'),
        '',
        '../x',
      ];
      for (const other of others) await assert.rejects(store.get(other), isUnknown);
    });

    test('gives two processes that put the same bytes the same references', async (t) => {
      const place = newStore(t);
      const store = await place.open();
      const other = place.elsewhere('put', { prefix: 'file', count: 100 });
      await other.hear(1);
      const refs: BlobRef[] = [];
      for (const one of numbered('file', 100)) refs.push(...(await store.put([blob(one)])));
      assert.equal(await other.ended, 0);
      assert.deepEqual(other.said, refs);
      for (const [n, ref] of refs.entries()) assert.equal(await text(store, ref), `file ${n}`);
    });

    test('holds everything that it acknowledged before a kill -9', async (t) => {
      const place = newStore(t);
      const other = place.elsewhere('put', { prefix: 'file', count: 1_000_000 });
      await other.hear(200);
      await other.kill();
      const store = await place.open();
      for (const [n, ref] of (other.said as BlobRef[]).entries()) assert.equal(await text(store, ref), `file ${n}`);
      const [again] = await store.put([blob('file 0')]);
      assert.equal(again, other.said[0]);
    });

    test('goes on from an earlier copy that was brought back', async (t) => {
      const place = newStore(t);
      const [kept] = await (await place.open()).put([blob('kept')]);
      await place.close();
      const bringBack = await place.copyAway();
      const [lost] = await (await place.open()).put([blob('lost')]);
      await place.close();
      await bringBack();
      const store = await place.open();
      await assert.rejects(store.get(lost!), isUnknown);
      assert.equal(await text(store, kept!), 'kept');
      assert.deepEqual(await store.put([blob('lost')]), [lost]);
      assert.equal(await text(store, lost!), 'lost');
    });

    test('serves eight instances on a slow disk, and none starves', (t) =>
      nobodyStarves(t, newStore(t), (store, instance, number) => store.put([blob(`${instance} ${number}`)])));
  });
}
