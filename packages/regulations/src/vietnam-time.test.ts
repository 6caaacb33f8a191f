import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  dayBounds,
  dayOf,
  formatLocalStamp,
  fromInstant,
  hourOf,
  isDay,
  parseLocalStamp,
  toInstant,
} from './vietnam-time.ts';

const at = (instant: string): number => {
  const ms = fromInstant(instant);
  assert.ok(ms !== undefined, instant);
  return ms;
};
const centuries = fc.integer({ min: Date.UTC(1900, 0, 2), max: Date.UTC(2099, 11, 31) });

test('a local stamp is seven hours ahead of its instant', () => {
  assert.equal(parseLocalStamp('20260115083000'), at('2026-01-15T01:30:00.000Z'));
  assert.equal(parseLocalStamp('20260101000000'), at('2025-12-31T17:00:00.000Z'));
  assert.equal(formatLocalStamp(at('2026-01-15T01:30:00.000Z')), '20260115083000');
});

test('an impossible time is refused, never rolled over', () => {
  const impossible = ['20260230000000', '20250229000000', '21000229000000', '20261301000000', '20260001000000'];
  const outside = ['20260115240000', '20260115236000', '20260115235960', '20260100000000', '00990101000000'];
  const noStamps = ['', '2026011508300', '202601150830000', '2026011508300x', '2026-1-1508300', ' 2026011508300'];
  for (const text of [...impossible, ...outside, ...noStamps]) assert.equal(parseLocalStamp(text), undefined, text);
  assert.ok(parseLocalStamp('20240229235959') !== undefined);
  assert.ok(parseLocalStamp('20000229000000') !== undefined);
});

test('fourteen digits are a stamp only if they are written back alike', () => {
  const number = (max: number, length: number) => fc.nat({ max }).map((value) => String(value).padStart(length, '0'));
  const stamp = fc
    .tuple(
      fc.integer({ min: 1900, max: 2100 }),
      number(13, 2),
      number(32, 2),
      number(25, 2),
      number(61, 2),
      number(61, 2),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(stamp, (text) => {
      const ms = parseLocalStamp(text);
      const [year = 0, month = 0, day = 0, ...clock] = (text.match(/^\d{4}|\d{2}/g) ?? []).map(Number);
      const date = new Date(Date.UTC(year, month - 1, day));
      const exists =
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day &&
        clock[0]! < 24 &&
        clock[1]! < 60 &&
        clock[2]! < 60;
      return exists ? ms !== undefined && formatLocalStamp(ms) === text : ms === undefined;
    }),
  );
});

test('an instant is written as ISO 8601 in UTC with milliseconds, and read back', () => {
  fc.assert(
    fc.property(centuries, centuries, (ms, other) => {
      // A second day in between: the remembered date must not leak.
      toInstant(other);
      return toInstant(ms) === new Date(ms).toISOString() && fromInstant(toInstant(ms)) === ms;
    }),
  );
});

test('an instant in any other form is refused', () => {
  const others = [
    '2026-01-15T01:30:00Z',
    '2026-01-15T01:30:00.000+07:00',
    '2026-01-15 01:30:00.000Z',
    '2026-02-30T00:00:00.000Z',
  ];
  for (const text of [...others, '2026-01-15T24:00:00.000Z', '2026-01-15T01:30:00.0x0Z', '']) {
    assert.equal(fromInstant(text), undefined, text);
  }
});

test('hour H takes the ends after H-1h, up to and including H', () => {
  const ends = { stamp: 'end' } as const;
  const nine = at('2026-01-15T09:00:00.000Z');
  assert.equal(hourOf(nine, ends), nine);
  assert.equal(hourOf(at('2026-01-15T08:00:00.001Z'), ends), nine);
  assert.equal(hourOf(at('2026-01-15T08:00:00.000Z'), ends), at('2026-01-15T08:00:00.000Z'));
});

test('a stamp that opens its interval belongs to the hour after it', () => {
  const starts = { stamp: 'start' } as const;
  assert.equal(hourOf(at('2026-01-15T08:00:00.000Z'), starts), at('2026-01-15T09:00:00.000Z'));
  assert.equal(hourOf(at('2026-01-15T08:55:00.000Z'), starts), at('2026-01-15T09:00:00.000Z'));
  assert.equal(dayOf(at('2026-01-14T17:00:00.000Z'), starts), '2026-01-15');
  assert.equal(dayOf(at('2026-01-15T16:59:59.999Z'), starts), '2026-01-15');
});

test('midnight in Việt Nam closes the day before', () => {
  assert.equal(dayOf(at('2026-01-14T17:00:00.000Z')), '2026-01-14');
  assert.equal(dayOf(at('2026-01-14T17:00:00.001Z')), '2026-01-15');
  assert.equal(dayOf(at('2026-01-15T17:00:00.000Z')), '2026-01-15');
});

test('a day takes exactly what lies after its first bound, up to its last', () => {
  assert.deepEqual(dayBounds('2026-01-15'), {
    after: at('2026-01-14T17:00:00.000Z'),
    upTo: at('2026-01-15T17:00:00.000Z'),
  });
  fc.assert(
    fc.property(centuries, (ms) => {
      const { after, upTo } = dayBounds(dayOf(ms));
      return after < ms && ms <= upTo && dayOf(hourOf(ms, { stamp: 'end' })) === dayOf(ms);
    }),
  );
});

test('a text that is no day is told apart', () => {
  assert.ok(isDay('2024-02-29'));
  for (const text of ['2026-02-29', '2026-1-1', '20260115', '2026-01-15T', '']) assert.ok(!isDay(text), text);
  assert.throws(() => dayBounds('2026-13-01'), RangeError);
});
