import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayBounds } from '@quantrac/regulations';
import { dayEnd, dayNumber, dayText, hourAtPlace, hourEnd, hourNumber, placeInDay, placeOfHour } from './calendar.ts';
import { type Schedule, slotsOfHour, slotsOfOtherHours } from './schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const { after, upTo } = dayBounds('2026-01-15');
const day = dayNumber(hourNumber(upTo));
const every = (intervalMs: number, changes: Partial<Schedule> = {}): Schedule[] => [
  { from: null, intervalMs, stamp: 'end', ...changes },
];

test('day D takes the hours that end after its midnight, up to and with the next', () => {
  assert.equal(dayText(day), '2026-01-15');
  assert.equal(dayEnd(day), upTo);
  assert.equal(dayNumber(hourNumber(after)), day - 1);
  assert.equal(dayNumber(hourNumber(after + hour)), day);
  assert.deepEqual([placeInDay(hourNumber(after + hour)), placeInDay(hourNumber(upTo))], [0, 23]);
});

test('the rows of a day lie together at its end, in the order of its hours', () => {
  const hours = [1, 2, 24].map((place) => hourNumber(after + place * hour));
  assert.deepEqual(hours.map(placeOfHour), [upTo, upTo + 1, upTo + 23]);
  assert.deepEqual(hours.map(placeOfHour).map(hourAtPlace), hours);
  assert.deepEqual(hours.map(hourEnd), [after + hour, after + 2 * hour, upTo]);
});

test('a five-minute station has 288 values a day by design, whichever end of the interval its stamps name', () => {
  assert.equal(slotsOfOtherHours(every(5 * minute), day, 0), 288);
  assert.equal(slotsOfOtherHours(every(5 * minute, { stamp: 'start' }), day, 0), 288);
  assert.equal(slotsOfHour(every(5 * minute), upTo), 12);
});

test('only the hours that are not known are counted', () => {
  assert.equal(slotsOfOtherHours(every(5 * minute), day, 2 ** 24 - 1), 0);
  assert.equal(slotsOfOtherHours(every(5 * minute), day, 2 ** 24 - 1 - 2 ** 7), 12);
});

test('an analyser that measures every four hours has six values a day, each in its own hour', () => {
  const fourHours = every(4 * hour);
  assert.equal(slotsOfOtherHours(fourHours, day, 0), 6);
  assert.deepEqual(
    [3, 4, 5, 24].map((place) => slotsOfHour(fourHours, after + place * hour)),
    [0, 1, 0, 1],
  );
  assert.deepEqual(
    [1, 4, 5].map((place) => slotsOfHour(every(4 * hour, { stamp: 'start' }), after + place * hour)),
    [1, 0, 1],
  );
});

test('a schedule holds from its date on, the first one before it too', () => {
  const changed: Schedule[] = [
    ...every(5 * minute),
    { from: after + 12 * hour, intervalMs: 10 * minute, stamp: 'end' },
  ];
  assert.equal(slotsOfHour(changed, after + 11 * hour), 12);
  assert.equal(slotsOfHour(changed, after + 12 * hour), 6);
  assert.equal(slotsOfHour([{ from: upTo, intervalMs: 15 * minute, stamp: 'end' }], after + hour), 4);
  assert.equal(slotsOfHour([], after + hour), 0);
});
