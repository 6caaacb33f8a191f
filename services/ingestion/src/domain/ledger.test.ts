import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Channel, DeclaredPeriod, ObservationSetReceived, StationRecorded } from '@quantrac/contracts';
import { aChannel, aPeriod, aStation, at, HOUR_MS, instantAt, MINUTE_MS } from '../testing/records.ts';
import { expectationOf } from './expectation.ts';
import { firstKnown, type LedgerSet, ledgerOf } from './ledger.ts';

const DAY = '2026-01-15';
const nextDay = at('00:00', '2026-01-16');
const everyHour = aChannel('COD', { intervalMs: HOUR_MS, deliveryMs: 5 * MINUTE_MS });

const set = (clock: string, lateMs = MINUTE_MS, channel = 'COD', day = DAY): LedgerSet => ({
  time: at(clock, day),
  knownAt: new Map([[channel, at(clock, day) + lateMs]]),
});

const ledger = (
  channel: Channel,
  sets: readonly LedgerSet[],
  { now = nextDay + HOUR_MS, record = aStation({ declaredPeriods: [aPeriod('00:00', '00:00')] }), since = 0 } = {},
) =>
  ledgerOf(channel, DAY, sets, {
    now,
    graceMs: 5 * MINUTE_MS,
    expectation: expectationOf(record, since),
  });

describe('the ledger of a channel and day', () => {
  it('counts what arrived, came late and is missing, over a day that takes the ends of its intervals', () => {
    const row = ledger(everyHour, [
      set('00:00'),
      set('01:00'),
      set('02:00', 10 * MINUTE_MS),
      set('03:00', 11 * MINUTE_MS),
      set('00:00', MINUTE_MS, 'COD', '2026-01-16'),
    ]);
    const { expected, arrived, late, missing } = row;
    assert.deepEqual({ expected, arrived, late, missing }, { expected: 24, arrived: 4, late: 1, missing: 20 });
    assert.deepEqual(row.slots[0], { time: at('03:00'), state: 'late', lateMs: 11 * MINUTE_MS });
    assert.deepEqual(row.slots[1], { time: at('04:00'), state: 'missing' });
  });

  it('of a channel whose stamps open their interval the day begins with the first one', () => {
    const opening = aChannel('COD', { intervalMs: HOUR_MS, deliveryMs: 5 * MINUTE_MS, stamp: 'start' });
    const row = ledger(opening, [set('00:00', HOUR_MS), set('01:00', HOUR_MS + 11 * MINUTE_MS)]);
    assert.deepEqual([row.expected, row.arrived, row.late], [24, 2, 1]);
    assert.deepEqual(row.slots[0], { time: at('01:00'), state: 'late', lateMs: 11 * MINUTE_MS });
    assert.equal(row.slots.at(-1)!.time, at('23:00'));
  });

  it('does not expect yet what can still come, but counts it when it is there', () => {
    assert.equal(ledger(everyHour, [], { now: at('02:09') }).expected, 1);
    assert.equal(ledger(everyHour, [set('02:00')], { now: at('02:09') }).expected, 2);
    assert.equal(ledger(everyHour, [], { now: at('02:10') }).expected, 2);
  });

  it('two in one slot count as one, known when the first was', () => {
    const row = ledger(everyHour, [set('00:30', 50 * MINUTE_MS), set('01:00', 30 * MINUTE_MS)]);
    assert.deepEqual([row.arrived, row.late], [1, 1]);
    assert.equal(row.slots[0]!.lateMs, 20 * MINUTE_MS);
  });

  it('goes by the schedule in force at each time of the day', () => {
    const first = everyHour.settings[0]!;
    const changed = {
      ...everyHour,
      settings: [first, { ...first, from: instantAt('12:00'), intervalMs: 30 * MINUTE_MS }],
    };
    assert.equal(ledger(changed, []).expected, 12 + 24);
  });

  it('expects nothing in an accepted declared period that says so, and counts what came all the same', () => {
    const stopped = (changed: Partial<DeclaredPeriod> = {}) =>
      aStation({ declaredPeriods: [aPeriod('06:00', '18:00', changed)] });
    assert.equal(ledger(everyHour, [], { record: stopped() }).expected, 12);
    assert.equal(ledger(everyHour, [set('07:00')], { record: stopped() }).expected, 13);
    assert.equal(ledger(everyHour, [], { record: stopped({ expected: true }) }).expected, 24);
    assert.equal(ledger(everyHour, [], { record: stopped({ accepted: false }) }).expected, 24);
    assert.equal(ledger(everyHour, [], { record: stopped({ channels: ['TSS'] }) }).expected, 24);
  });

  it('expects nothing while the station is in no stage in which sets are missed, nor before the channel was', () => {
    const staged = (...lifecycles: NonNullable<StationRecorded['lifecycles']>) =>
      aStation({ lifecycle: lifecycles.at(-1)!.lifecycle, lifecycles });
    const planned = { from: null, lifecycle: 'planned' } as const;
    const trial = { from: instantAt('06:00'), lifecycle: 'trial' } as const;
    const suspended = { from: instantAt('18:00'), lifecycle: 'suspended' } as const;
    const expected = (record: StationRecorded) => ledger(everyHour, [], { record }).expected;
    assert.equal(expected(staged(planned)), 0);
    assert.equal(expected(aStation({ lifecycle: 'retired' })), 0);
    assert.equal(expected(staged(planned, trial)), 18);
    assert.equal(expected(staged(planned, trial, suspended)), 12);
    assert.equal(ledger(everyHour, [set('03:00')], { record: staged(planned, trial) }).expected, 19);
    const later = aChannel('COD', { intervalMs: HOUR_MS, deliveryMs: 5 * MINUTE_MS, from: instantAt('20:00') });
    assert.equal(ledger(later, []).expected, 4);
  });

  it('expects nothing of the time before the node looked for what a running station sends', () => {
    assert.equal(ledger(everyHour, [], { since: at('10:00') }).expected, 14);
  });

  it('a reading is known when its channel first was, whatever corrected it later', () => {
    const version = (knownAt: number, ...channels: string[]) => ({
      time: at('01:00'),
      knownAt,
      data: { readings: channels.map((channel) => ({ channel })) } as unknown as ObservationSetReceived,
    });
    const [known] = firstKnown([version(1, 'COD'), version(2, 'COD', 'TSS'), version(3, 'COD', 'TSS')]);
    assert.deepEqual(
      [...known!.knownAt],
      [
        ['COD', 1],
        ['TSS', 2],
      ],
    );
  });
});
