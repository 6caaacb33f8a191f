import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commandHandler, type Decider, type EventStreams, Fault, isFault } from '@quantrac/event-sourcing';
import { inOneFile, inTemporaryFolders } from '@quantrac/sqlite/stores-in-folders';
import { SqliteEventStore } from './sqlite-event-store.ts';

type Moved = { readonly type: 'Moved'; readonly by: number };
type Move = { readonly to: number } | { readonly by: number };

/** Stands somewhere; never below 0. */
const place: Decider<number, Move, Moved> = {
  initial: 0,
  decide(command, at) {
    const by = 'to' in command ? command.to - at : command.by;
    if (at + by < 0) throw Fault.rejected('TooLow', 'it cannot stand below 0: move it up');
    return by === 0 ? [] : [{ type: 'Moved', by }];
  },
  evolve: (at, { by }) => at + by,
};

const newStore = inTemporaryFolders(
  inOneFile(SqliteEventStore.open),
  new URL('./sqlite-conformance-process.js', import.meta.url),
);
const by = (commandId: string) => ({ commandId, metadata: { account: 'tester' } });

/** Streams that somebody else moves before each append. */
const contested = (streams: EventStreams<Moved>, times: number): EventStreams<Moved> => {
  let moves = 0;
  return {
    read: streams.read,
    async append(stream, expected, events, options) {
      if (moves < times) await streams.append(stream, expected, [{ type: 'Moved', by: 1 }], by(`rival ${++moves}`));
      return streams.append(stream, expected, events, options);
    },
  };
};

describe('a command handler', () => {
  test('answers what was decided, the state it led to and its version', async (t) => {
    const handle = commandHandler(place, (await newStore(t).open()).streams<Moved>());
    assert.deepEqual(await handle('p', { by: 3 }, by('1')), {
      state: 3,
      version: 1,
      events: [{ type: 'Moved', by: 3 }],
    });
    assert.deepEqual(await handle('p', { by: 0 }, by('2')), { state: 3, version: 1, events: [] });
  });

  test('refuses by the Fault of the rule, and leaves nothing: the same command may be right later', async (t) => {
    const store = await newStore(t).open();
    const handle = commandHandler(place, store.streams<Moved>());
    await assert.rejects(handle('p', { by: -1 }, by('1')), (error) => isFault(error, 'TooLow'));
    assert.equal((await store.read('p', '1')).answered, undefined);
    await handle('p', { by: 5 }, by('2'));
    assert.equal((await handle('p', { by: -1 }, by('1'))).state, 4);
  });

  test('decides anew from what the winner of a race has left', async (t) => {
    const streams = (await newStore(t).open()).streams<Moved>();
    const handled = await commandHandler(place, contested(streams, 3))('p', { to: 10 }, by('mine'));
    assert.deepEqual(handled, { state: 10, version: 4, events: [{ type: 'Moved', by: 7 }] });
  });

  test('finds that nothing is left to do when the winner did it', async (t) => {
    const streams = (await newStore(t).open()).streams<Moved>();
    const handled = await commandHandler(place, contested(streams, 1))('p', { to: 1 }, by('mine'));
    assert.deepEqual(handled, { state: 1, version: 1, events: [] });
  });

  test('gives up with the conflict when it loses every race, and has changed nothing', async (t) => {
    const store = await newStore(t).open();
    const handle = commandHandler(place, contested(store.streams<Moved>(), Infinity));
    await assert.rejects(handle('p', { to: 1000 }, by('mine')), (error) => isFault(error, 'StreamMoved'));
    const { events } = await store.read<Moved>('p');
    assert.ok(events.length >= 3 && events.every((moved) => moved.by === 1));
  });

  test('takes every command of many that come to one stream at once, from two instances', async (t) => {
    const folder = newStore(t);
    const handlers = [await folder.open(), await folder.open()].map((store) =>
      commandHandler(place, store.streams<Moved>()),
    );
    const all = Array.from({ length: 100 }, (_, n) => handlers[n % 2]!('p', { by: 1 }, by(`${n}`)));
    assert.equal(Math.max(...(await Promise.all(all)).map(({ state }) => state)), 100);
  });

  test('lets commands to one stream take turns, also behind a refused one, so that none loses a race to its own process', async (t) => {
    const streams = (await newStore(t).open()).streams<Moved>();
    let lost = 0;
    const watched: EventStreams<Moved> = {
      read: streams.read,
      append: (...append) =>
        streams.append(...append).catch((error) => {
          lost++;
          throw error;
        }),
    };
    const handle = commandHandler(place, watched);
    const moves = [-1, ...Array.from({ length: 30 }, () => 1)];
    const settled = await Promise.allSettled(moves.map((move, n) => handle('p', { by: move }, by(`${n}`))));
    assert.deepEqual(
      settled.map((each) => (each.status === 'fulfilled' ? each.value.version : each.reason.code)),
      ['TooLow', ...moves.slice(1).map((_, n) => n + 1)],
    );
    assert.equal(lost, 0);
  });

  test('answers the same command again with its first version, decides nothing and shows the state of now', async (t) => {
    const handle = commandHandler(place, (await newStore(t).open()).streams<Moved>());
    await handle('p', { by: 3 }, by('first'));
    await handle('p', { by: 4 }, by('second'));
    assert.deepEqual(await handle('p', { by: 3 }, by('first')), { state: 7, version: 1, events: [] });
  });

  test('does not do later what it had no reason to do when the command came first', async (t) => {
    const handle = commandHandler(place, (await newStore(t).open()).streams<Moved>());
    await handle('p', { to: 5 }, by('first'));
    assert.deepEqual((await handle('p', { to: 5 }, by('no reason'))).events, []);
    await handle('p', { to: 9 }, by('second'));
    assert.deepEqual(await handle('p', { to: 5 }, by('no reason')), { state: 9, version: 1, events: [] });
  });
});
