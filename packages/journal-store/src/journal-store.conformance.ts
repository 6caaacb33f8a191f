import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nobodyStarves } from '@quantrac/conformance/eight-instances';
import type { NewStore } from '@quantrac/conformance/store-under-test';
import { blockOf, isConflict, sequence, topic } from './conformance-deeds.ts';
import type { JournalStore, StoredBlock, Taken } from './journal-store.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const moved = (error: unknown) => isConflict(error, 'JournalMoved');
const taken = (error: unknown) => isConflict(error, 'SequenceTaken');

const readable = ({ first, count, block, root, edgeBefore }: StoredBlock) => ({
  first,
  count,
  block: text(block),
  root: text(root),
  edgeBefore: text(edgeBefore),
});

/** Blocks of so many records, one behind the other. */
async function written(store: JournalStore, counts: readonly number[], journal = 'n1/1'): Promise<void> {
  let first = 1;
  for (const count of counts) {
    await store.append(blockOf(journal, first, count));
    first += count;
  }
}

async function head(store: JournalStore, journal = 'n1/1') {
  const { size, edge, root, positions } = (await store.head(journal))!;
  return { size, edge: text(edge), root: text(root), positions };
}

/** What a journal store promises, on every adapter. */
export function conformance(name: string, newStore: NewStore<JournalStore>): void {
  describe(`a journal store on ${name}`, () => {
    appending(newStore);
    reading(newStore);
    lasting(newStore);
  });
}

function appending(newStore: NewStore<JournalStore>): void {
  test('takes a block only behind the last record, whole or not at all', async (t) => {
    const store = await newStore(t).open();
    const taking = (first: number) =>
      store.append({ ...blockOf('n1/1', first, 5), positions: { numbers: `${first}` } });
    await assert.rejects(taking(2), moved);
    assert.equal(await store.head('n1/1'), undefined);
    await taking(1);
    for (const first of [1, 5, 7]) await assert.rejects(taking(first), moved);
    assert.deepEqual(await head(store), { size: 5, edge: 'edge 5', root: 'root 5', positions: { numbers: '1' } });
    assert.deepEqual(await store.taken('n1/1', [[topic, 'station/a']]), [sequence(5)]);
    await taking(6);
    assert.equal(await store.size('n1/1'), 10);
  });

  test('takes each sequence of a topic and key once, and none below it', async (t) => {
    const store = await newStore(t).open();
    const taking = (first: number, ...some: Taken[]) => store.append({ ...blockOf('n1/1', first), taken: some });
    await taking(1, ['one', 'a', '5'], ['one', 'b', '5'], ['two', 'a', '5']);
    for (const again of ['5', '4', '10'])
      await assert.rejects(taking(2, ['two', 'b', '9'], ['one', 'a', again]), taken);
    assert.equal(await store.size('n1/1'), 1);
    await taking(2, ['one', 'a', '6']);
    const lanes = [
      ['two', 'b'],
      ['one', 'a'],
      ['one', 'b'],
      ['two', 'a'],
    ] as const;
    assert.deepEqual(await store.taken('n1/1', lanes), [undefined, '6', '5', '5']);
    assert.deepEqual(await store.taken('n2/1', lanes), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(await store.taken('n1/1', []), []);
  });

  test('moves the positions with the block, and keeps those that it does not name', async (t) => {
    const store = await newStore(t).open();
    await store.append({ ...blockOf('n1/1', 1), positions: { one: '1', two: '1' } });
    await store.append({ ...blockOf('n1/1', 2), positions: { two: '2' } });
    await store.append(blockOf('n1/1', 3));
    assert.deepEqual((await head(store)).positions, { one: '1', two: '2' });
  });

  test('keeps journals apart', async (t) => {
    const store = await newStore(t).open();
    await written(store, [3, 2], 'n1/1');
    await written(store, [4], 'n1/2');
    assert.deepEqual(await store.journals(), [
      { journal: 'n1/1', size: 5 },
      { journal: 'n1/2', size: 4 },
    ]);
    assert.deepEqual((await store.blocks('n1/2', 1, 1e6)).map(readable), [
      { first: 1, count: 4, block: 'here: records 1 to 4', root: 'root 4', edgeBefore: '' },
    ]);
    assert.equal(await store.head('n2/1'), undefined);
    assert.deepEqual(await store.blocks('n2/1', 1, 1e6), []);
  });

  test('lets exactly one of many appends of the same number win, in one process and in two', async (t) => {
    const place = newStore(t);
    const [store, second] = [await place.open(), await place.open()];
    const alone = await Promise.allSettled(
      upTo(20).map((n) => (n % 2 ? store : second).append(blockOf('alone', 1, 1, `${n}`))),
    );
    assert.equal(alone.filter(({ status }) => status === 'fulfilled').length, 1);

    const journals = upTo(100).map((n) => `n${n}/1`);
    const other = place.elsewhere('race', journals);
    await other.hear(1);
    const won: string[] = [];
    for (const journal of journals)
      await store.append(blockOf(journal, 1)).then(
        () => won.push(journal),
        (error) => assert.ok(moved(error)),
      );
    assert.equal(await other.ended, 0);
    assert.deepEqual([...won, ...other.said.slice(1)].sort(), journals.sort());
    for (const journal of journals) assert.equal(await store.size(journal), 1);
  });
}

function reading(newStore: NewStore<JournalStore>): void {
  test('gives back blocks and head as they came, after it was opened again', async (t) => {
    const place = newStore(t);
    const block = Buffer.from(upTo(256));
    await (await place.open()).append({ ...blockOf('n1/1', 1, 3), block, positions: { trạm: 'một' } });
    await place.close();
    const store = await place.open();
    const [stored] = await store.blocks('n1/1', 1, 1e6);
    assert.ok(block.equals(stored!.block));
    assert.deepEqual(await head(store), { size: 3, edge: 'edge 3', root: 'root 3', positions: { trạm: 'một' } });
  });

  test('gives the block that holds a record and those behind it, as many as were asked for', async (t) => {
    const store = await newStore(t).open();
    const counts = [1, 3, 500, 2, 1];
    await written(store, counts);
    const all = await store.blocks('n1/1', 1, 1e6);
    assert.deepEqual(
      all.map(({ count }) => count),
      counts,
    );
    assert.deepEqual(all.map(readable)[2], {
      first: 5,
      count: 500,
      block: 'here: records 5 to 504',
      root: 'root 504',
      edgeBefore: 'edge 4',
    });
    for (const from of upTo(507).map((n) => n + 1)) {
      const holding = all.findIndex(({ first, count }) => first <= from && from < first + count);
      assert.deepEqual((await store.blocks('n1/1', from, 1e6)).map(readable), all.slice(holding).map(readable));
      assert.equal((await store.blocks('n1/1', from, 1)).length, 1);
    }
    assert.equal((await store.blocks('n1/1', 1, 30)).length, 2);
    for (const outside of [0, 508, 1e9]) assert.deepEqual(await store.blocks('n1/1', outside, 1e6), []);
  });
}

function lasting(newStore: NewStore<JournalStore>): void {
  test('holds everything that it acknowledged before a kill -9, without a hole', async (t) => {
    const place = newStore(t);
    const other = place.elsewhere('appendForEver', { journal: 'n1/1', count: 7 });
    await other.hear(200);
    await other.kill();
    const store = await place.open();
    const { size } = await head(store);
    assert.ok(size >= (other.said.at(-1) as number));
    const all = await store.blocks('n1/1', 1, 1e9);
    assert.deepEqual(
      all.map(({ first }) => first),
      upTo(size / 7).map((n) => n * 7 + 1),
    );
    assert.deepEqual(await store.taken('n1/1', [[topic, 'station/a']]), [sequence(size)]);
    await store.append(blockOf('n1/1', size + 1));
  });

  test('goes on from an earlier copy that was brought back', async (t) => {
    const place = newStore(t);
    await written(await place.open(), [3, 2]);
    await place.close();
    const bringBack = await place.copyAway();
    await (await place.open()).append(blockOf('n1/1', 6, 4));
    await place.close();
    await bringBack();
    const store = await place.open();
    assert.deepEqual(await head(store), { size: 5, edge: 'edge 5', root: 'root 5', positions: {} });
    await store.append(blockOf('n1/1', 6, 1, 'restored'));
    assert.equal(text((await store.blocks('n1/1', 6, 1e6))[0]!.block), 'restored: records 6 to 6');
  });

  test('serves eight instances on a slow disk, and none starves', (t) =>
    nobodyStarves(t, newStore(t), (store, instance, number) => store.append(blockOf(`n${instance}/1`, number + 1))));
}
