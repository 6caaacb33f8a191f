import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { at, HOUR_MS, MINUTE_MS } from '../testing/records.ts';
import { drivenClock, systemClock } from './clock.ts';

const START = at('08:00');

describe('the clock of intake', () => {
  it('of the system tells since when the node receives; a short stop, or a second instance, is no break', async () => {
    const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
    const first = await systemClock(documents, () => START);
    assert.equal(first.openSince(), START);
    const again = await systemClock(documents, () => START + MINUTE_MS);
    assert.equal(again.openSince(), START);
    await again.seen();
    const later = await systemClock(documents, () => START + MINUTE_MS + HOUR_MS);
    assert.equal(later.openSince(), START + MINUTE_MS + HOUR_MS);
    await assert.rejects(later.advance(START), /ClockNotDriven|lives by the clock/);
    await close();
  });

  it('of the system that could not be noted for a while tells so before it is told; one that another instance noted does not', async (test) => {
    const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
    test.after(close);
    let now = START;
    const one = await systemClock(documents, () => now);
    now += 2 * HOUR_MS;
    await one.ready();
    assert.equal(one.openSince(), now);
    const opened = now;
    const other = await systemClock(documents, () => now);
    for (let minute = 0; minute < 3; minute++) {
      now += MINUTE_MS;
      await other.seen();
    }
    await one.ready();
    assert.deepEqual([one.openSince(), other.openSince()], [opened, opened]);
  });

  it('of the system that was set back by more than a moment begins anew', async () => {
    const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
    await systemClock(documents, () => START);
    assert.equal((await systemClock(documents, () => START - HOUR_MS)).openSince(), START - HOUR_MS);
    await close();
  });

  it('that is driven stands where it was driven to, after a restart too, and never goes back', async () => {
    const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
    const clock = await drivenClock(documents, () => 42);
    assert.equal(clock.now(), 42);
    await clock.advance(START);
    await clock.advance(START + HOUR_MS);
    await assert.rejects(clock.advance(START), /only goes forward/);
    const again = await drivenClock(documents, () => 42);
    assert.deepEqual([again.now(), again.openSince()], [START + HOUR_MS, START]);
    await again.advance(START + HOUR_MS);
    await close();
  });
});
