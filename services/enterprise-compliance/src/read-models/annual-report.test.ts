import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberOfDay } from '../domain/calendar.ts';
import type { ChannelDay } from '../domain/channel-day.ts';
import type { StationFacts } from '../domain/station-facts.ts';
import { aLimit, station } from '../testing/builders.ts';
import { exceededTable, measuredTable, type StationYear } from './annual-report.ts';

const every = (minutes: number) => [{ from: null, intervalMs: minutes * 60_000, stamp: 'end' }] as const;
const facts: StationFacts = {
  kind: 'wastewater',
  channels: [
    { channel: 'cod', parameter: 'COD', point: null, schedules: every(5) },
    { channel: 'tss', parameter: 'TSS', point: null, schedules: every(60) },
  ],
};
const first = numberOfDay('2025-01-01');
const wholeYear = Array.from({ length: 365 }, (_, index) => first + index);

const settledDay = (hours: number, received: number): ChannelDay => {
  const expected = 12 * hours;
  const value = { value: '1', valid: received };
  return { hours: 2 ** hours - 1, expected, received, inError: 1, unit: 'mg/L', readings: value, hourly: value };
};

const aYear = (changes: Partial<StationYear> = {}): StationYear => ({
  station,
  facts,
  limits: [],
  days: wholeYear,
  overdue: wholeYear.at(-1)!,
  settled: () => new Map(),
  verdicts: [],
  ...changes,
});

/** COD came until the end of February, whole days but the last, which broke off at noon. */
const untilMarch = new Map(
  wholeYear.slice(0, 59).map((day, index) => [day, index === 58 ? settledDay(12, 100) : settledDay(24, 288)]),
);
const settled = (channel: string) => (channel === 'cod' ? untilMarch : new Map());

test('a station that fell silent in March still had its values by design on every day of the year', () => {
  const [cod] = measuredTable(aYear({ settled }));
  assert.deepEqual(
    [cod?.days, cod?.byDesign, cod?.received, cod?.inError, cod?.receivedShare],
    [365, 365 * 288, 58 * 288 + 100, 59, '15.99'],
  );
});

test('a channel that never sent has its row, by its own schedule', () => {
  const [, tss] = measuredTable(aYear({ settled }));
  assert.deepEqual(
    [tss?.channel, tss?.days, tss?.byDesign, tss?.received, tss?.receivedShare, tss?.errorShare],
    ['tss', 365, 365 * 24, 0, '0.00', null],
  );
});

test('days of the running year count once they are settled, or could be no more', () => {
  const days = (overdue: number) => measuredTable(aYear({ settled, overdue })).map((row) => [row.channel, row.days]);
  assert.deepEqual(days(first + 29), [
    ['cod', 59],
    ['tss', 30],
  ]);
  assert.deepEqual(days(first - 1), [['cod', 59]]);
});

test('only days of membership count', () => {
  const [cod] = measuredTable(aYear({ settled, days: wholeYear.slice(90, 100) }));
  assert.deepEqual([cod?.days, cod?.byDesign], [10, 2880]);
});

test('a limit of which no day was judged has a row that says how many days have no verdict', () => {
  const limits = [
    aLimit({ channel: 'tss', parameter: 'TSS', upper: '100', from: '2025-07-01' }),
    aLimit({ channel: 'tss', parameter: 'TSS', upper: '100', limit: '1h', basis: '1h' }),
    aLimit({ upper: null, reason: 'table-unknown' }),
  ];
  const rows = exceededTable(aYear({ settled, limits }));
  assert.deepEqual(
    rows.map(({ channel, upper, days, exceedingShare, noVerdictDays, unconfirmed }) => [
      ...[channel, upper, days, exceedingShare, noVerdictDays, unconfirmed],
    ]),
    [['tss', '100', 0, null, 184, true]],
  );
});
