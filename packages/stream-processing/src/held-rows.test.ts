import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Row } from '@quantrac/time-series';
import fc from 'fast-check';
import { HeldRows, type Missing } from './held-rows.ts';

const collection = 'sets';
const series = 'set';

/** A store of one series that counts what is read from it, and one key's rows before it. */
function heldBefore(times: readonly number[], keepMs = 20) {
  const rows = new Map(times.map((time) => [time, 1]));
  const held = new HeldRows({ keepMs, fresh: false });
  let read = 0;
  const answer = ({ from, to, limit = Infinity }: Missing): Row[] => {
    const found = [...rows].filter(([time]) => time >= from && time < to).sort(([a], [b]) => a - b);
    read += Math.min(found.length, limit);
    return found.slice(0, limit).map(([time, version]) => ({
      collection,
      key: 'k',
      series,
      time,
      version,
      knownAt: 0,
      type: 'Set',
      sequence: '',
      value: new TextEncoder().encode(String(version)),
    }));
  };
  const look = (from: number, to: number) => {
    for (let left = held.missing([{ collection, series, from, to }]); left.length > 0; )
      left = left.flatMap((missing) => held.loaded(missing, answer(missing)) ?? []);
    return held.range<number>(collection, series, from, to).map(({ time, data }) => [time, data]);
  };
  const put = (time: number) => {
    const version = (rows.get(time) ?? 0) + 1;
    held.put({ kind: 'row', collection, type: 'Set', series, time, version, knownAt: 0, data: version });
    return () => {
      rows.set(time, version);
      held.committed();
    };
  };
  return { rows, look, put, read: () => read };
}

const upTo = (count: number) => Array.from({ length: count }, (_, time) => time);

describe('rows held in memory', () => {
  it('are those of the store and of this batch, whatever is looked at in whatever order', () => {
    const time = fc.nat(2000);
    const looks = fc.array(fc.record({ time, length: fc.nat(60), puts: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.uniqueArray(time, { maxLength: 900 }), looks, (times, all) => {
        const { rows, look, put } = heldBefore(times);
        for (const { time: from, length, puts } of all) {
          const to = from + 1 + length;
          const expected = [...rows].filter(([at]) => at >= from && at < to).sort(([a], [b]) => a - b);
          assert.deepEqual(look(from, to), expected);
          if (puts) put(from)();
        }
      }),
    );
  });

  it('stay few however far back a late one lies, and so does what is read for it', () => {
    const { look, put, read } = heldBefore(upTo(100_000));
    look(99_990, 100_010);
    assert.ok(read() <= 10);
    for (let turn = 0; turn < 20; turn++) {
      look(turn * 30, turn * 30 + 20);
      put(turn * 30)();
      look(99_990 + turn, 100_010 + turn);
      put(100_000 + turn)();
    }
    assert.ok(read() < 2000, `${read()} rows were read for 20 late and 20 live sets`);
  });

  it('are read on beyond what is looked at, so that who fills a gap in order is not read for each time', () => {
    const { look, put, read } = heldBefore(upTo(10_000));
    for (let at = 100; at < 250; at++) {
      look(at, at + 10);
      put(at)();
    }
    assert.ok(read() <= 400, `${read()} rows were read`);
  });

  it('hold what a batch put before the store has it', () => {
    const { look, put } = heldBefore([]);
    look(0, 10);
    const commit = put(5);
    assert.deepEqual(look(0, 10), [[5, 1]]);
    assert.deepEqual(look(-100, 10), [[5, 1]]);
    commit();
    assert.deepEqual(look(-100, 10), [[5, 1]]);
  });

  it('refuse a window whose bounds are no numbers, so that nobody waits for it; of an empty one there are none', () => {
    const { look } = heldBefore([5]);
    assert.throws(() => look(Number.NaN, 5), /has no bounds/);
    assert.throws(() => look(5, Number.NaN), /has no bounds/);
    assert.deepEqual(look(5, 5), []);
  });
});
