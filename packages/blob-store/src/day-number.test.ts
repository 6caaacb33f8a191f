import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayNumber } from './day-number.ts';

const DAY_MS = 86_400_000;

test('a day is numbered as the calendar says, from its first millisecond to its last, for eleven centuries', () => {
  for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(3000, 0, 1); day += DAY_MS) {
    const date = new Date(day);
    const wanted = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
    if (dayNumber(day) !== wanted || dayNumber(day + DAY_MS - 1) !== wanted) assert.fail(date.toISOString());
  }
});
