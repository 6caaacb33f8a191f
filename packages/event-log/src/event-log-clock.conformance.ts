import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '@quantrac/conformance/eventually';
import {
  at,
  collector,
  type NewLog,
  numbered,
  numberOf,
  numbers,
  publish,
  readAll,
  upTo,
} from './conformance-deeds.ts';
import type { EventLog } from './event-log.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

const kept = async (log: EventLog) => (await readAll(log, numbers)).map(numberOf);

/** Whatever the clock says: retention by append time, a day's records an hour at most. */
export function retentionConformance(newLog: NewLog): void {
  /** Twenty days, four records a day, then the clock as it is. */
  async function twentyDays(t: TestContext) {
    let now = Date.UTC(2026, 0, 1);
    const log = await newLog(t).open({ clock: () => now });
    for (const number of upTo(80)) {
      await log.publish(numbers, [numbered(number)]);
      now += DAY_MS / 4;
    }
    return { log, setClock: (by: number) => (now += by), retain: () => log.retain(numbers) };
  }

  test('retention deletes what is older than the topic says, a day of it an hour', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    assert.deepEqual([await retain(), await retain()], [4, 0]);
    assert.deepEqual(await kept(log), upTo(76, 4));
    for (const hours of upTo(10)) {
      setClock(HOUR_MS);
      assert.ok((await retain()) <= 4, `${hours}`);
    }
    assert.deepEqual(await kept(log), upTo(54, 26));
  });

  test('retention deletes a day an hour while the clock is a year ahead', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(YEAR_MS);
    assert.deepEqual([await retain(), await retain(), await retain()], [4, 0, 0]);
    setClock(HOUR_MS);
    assert.equal(await retain(), 4);
    assert.deepEqual(await kept(log), upTo(72, 8));
  });

  test('retention deletes nothing while the clock is a year behind, and goes on once it is right', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(-YEAR_MS);
    await log.publish(numbers, [numbered(80)]);
    assert.equal(await retain(), 0);
    setClock(YEAR_MS);
    assert.equal(await retain(), 4);
    assert.deepEqual(await kept(log), upTo(77, 4));
  });

  test('retention deletes what a clock had stamped a year ahead together with what came after', async (t) => {
    const { log, setClock, retain } = await twentyDays(t);
    setClock(YEAR_MS);
    await log.publish(numbers, [numbered(80)]);
    setClock(-YEAR_MS);
    await log.publish(numbers, [numbered(81)]);
    setClock(15 * DAY_MS);
    for (const _ of upTo(30)) {
      await retain();
      setClock(HOUR_MS);
    }
    assert.deepEqual(await kept(log), []);
  });
}

/** Whatever the clock says: order by nothing but the publishes. */
export function clockConformance(newLog: NewLog): void {
  test('keeps order, positions and followers while the clock jumps a year forward and back', async (t) => {
    let now = Date.UTC(2026, 0, 1);
    const place = newLog(t);
    const log = await place.open({ clock: () => now });
    const { taken } = await collector(log);
    let next = 0;
    for (const jump of [YEAR_MS, -2 * YEAR_MS, YEAR_MS, 0]) {
      await publish(log, next++, next++);
      now += jump;
      await eventually(() => taken.length === next);
    }
    assert.deepEqual(taken, upTo(8));
    const all = await readAll(log, numbers);
    assert.deepEqual(all.map(numberOf), upTo(8));
    for (const [start, record] of all.entries())
      assert.deepEqual((await readAll(log, numbers, at(record))).map(numberOf), upTo(8 - start, start));
    now += YEAR_MS;
    await place.close();
    const opened = await place.open({ clock: () => now - 2 * YEAR_MS });
    assert.equal(opened.epoch, 1);
    await publish(opened, 8);
    assert.deepEqual(await kept(opened), upTo(9));
  });
}
