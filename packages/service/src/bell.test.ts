import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newBell } from './bell.ts';

const FOR_EVER = 2 ** 31 - 1;

describe('a bell', () => {
  it('wakes all who wait, and who looked before it rang', async () => {
    const bell = newBell();
    const seen = bell.rung();
    const waiting = [bell.wait(seen, FOR_EVER), bell.wait(seen, FOR_EVER)];
    bell.ring();
    await Promise.all(waiting);
    await bell.wait(seen, FOR_EVER);
    assert.equal(bell.rung(), seen + 1);
  });

  it('wakes after a while by itself', async () => {
    const bell = newBell();
    await bell.wait(bell.rung(), 1);
  });
});
