import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StationRecorded } from '@quantrac/contracts';
import fc from 'fast-check';
import { aChannel, aPeriod, aStation, at, HOUR_MS, instantAt, MINUTE_MS } from '../testing/records.ts';
import {
  advance,
  cadenceOf,
  filledBy,
  isDue,
  mayHaveHole,
  noProgress,
  type Progress,
  reach,
  type Told,
} from './advance.ts';

const GRACE_MS = 5 * MINUTE_MS;
/** With five minutes in the logger and five on the way, a slot is due ten minutes after its end. */
const LAG_MS = 10 * MINUTE_MS;

/** A station's intake as its cell keeps it: sets come, and the clock is looked at. */
function anIntake(record: StationRecorded = aStation()) {
  let progress: Progress = noProgress;
  const times: number[] = [];
  let asked = 0;
  const cadence = (now: number, from = record) => cadenceOf(from, now)!;
  return {
    receive(...stamps: string[]) {
      for (const stamp of stamps) this.receiveAt(at(stamp));
    },
    receiveAt(time: number) {
      times.push(time);
      const { lastReceived, filledTo, upTo } = progress;
      progress = {
        ...progress,
        lastReceived: Math.max(lastReceived ?? time, time),
        filledTo: filledTo === null ? null : filledBy(filledTo, time, cadence(time)),
        late: progress.late || (upTo !== null && time <= upTo),
      };
    },
    look(clock: string, from = record): Told | undefined {
      return this.lookAt(at(clock), from);
    },
    lookAt(now: number, from = record): Told | undefined {
      const reached = reach(now, cadence(now, from), GRACE_MS);
      if (!isDue(progress, cadence(now, from), reached) && !mayHaveHole(progress, cadence(now, from), reached))
        return undefined;
      asked++;
      const { upTo } = progress;
      const after = upTo === null ? [] : times.filter((time) => time > upTo);
      const next = advance(progress, cadence(now, from), reached, after);
      progress = next.progress;
      return next.told;
    },
    progress: () => progress,
    asked: () => asked,
  };
}

/** Sets every five minutes, both included, a look at each minute; what was told, with when. */
function everyFiveMinutes(
  intake: ReturnType<typeof anIntake>,
  from: string,
  to: string,
  without: readonly string[] = [],
) {
  const told: { at: string; told: Told }[] = [];
  const missing = without.map((clock) => at(clock));
  for (let now = at(from); now <= at(to); now += MINUTE_MS) {
    if (now % (5 * MINUTE_MS) === 0 && !missing.includes(now)) intake.receiveAt(now);
    const one = intake.lookAt(now);
    if (one) told.push({ at: clockOf(now), told: one });
  }
  return told;
}

const clockOf = (ms: number) => new Date(ms + 7 * HOUR_MS).toISOString().slice(11, 16);

describe('what is told of an intake', () => {
  it('begins to count at the first look, and tells nothing then', () => {
    const intake = anIntake();
    assert.equal(intake.look('08:00'), undefined);
    assert.equal(intake.progress().upTo, at('07:50'));
  });

  it('tells each hour at its end plus what waits and travels, and only then while nothing is missing', () => {
    const intake = anIntake();
    intake.look('08:00');
    const told = everyFiveMinutes(intake, '07:55', '11:00');
    assert.deepEqual(
      told.map(({ at, told }) => [at, clockOf(told.upTo), told.expected, told.missing, told.silentSince]),
      [
        ['08:10', '08:00', 2, 0, null],
        ['09:10', '09:00', 12, 0, null],
        ['10:10', '10:00', 12, 0, null],
      ],
    );
  });

  it('tells an expected slot that passes empty between others, once', () => {
    const intake = anIntake();
    intake.look('08:00');
    const told = everyFiveMinutes(intake, '07:55', '09:05', ['08:25']);
    assert.deepEqual(
      told.map(({ at, told }) => [at, clockOf(told.upTo), told.expected, told.missing, told.silentSince]),
      [
        ['08:10', '08:00', 2, 0, null],
        ['08:35', '08:25', 5, 1, null],
      ],
    );
  });

  it('tells a silence when its first slot has passed, then every ten minutes, with the last set before it', () => {
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '08:20');
    const told = [];
    for (let now = at('08:21'); now <= at('08:59'); now += MINUTE_MS) {
      const one = intake.lookAt(now);
      if (one) told.push([clockOf(now), clockOf(one.upTo), one.missing, one.silentSince]);
    }
    assert.deepEqual(told, [
      ['08:35', '08:25', 1, at('08:20')],
      ['08:45', '08:35', 2, at('08:20')],
      ['08:55', '08:45', 2, at('08:20')],
    ]);
  });

  it('tells a silence every ten minutes of a station that sends once an hour too', () => {
    const intake = anIntake(aStation({ channels: [aChannel('COD', { intervalMs: HOUR_MS, deliveryMs: MINUTE_MS })] }));
    intake.look('08:30');
    intake.receive('08:00');
    const told = [];
    for (let now = at('08:31'); now <= at('09:40'); now += MINUTE_MS) {
      const one = intake.lookAt(now);
      if (one) told.push([clockOf(now), clockOf(one.upTo), one.missing, one.silentSince === null]);
    }
    assert.deepEqual(told, [
      ['08:31', '08:20', 0, true],
      ['09:06', '09:00', 1, false],
      ['09:16', '09:10', 0, false],
      ['09:26', '09:20', 0, false],
      ['09:36', '09:30', 0, false],
    ]);
  });

  it('tells again at the next look after a set came behind what was told, even with the clock set back', () => {
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '09:15', ['08:25']);
    intake.receive('08:25');
    const told = intake.look('09:16');
    assert.deepEqual([clockOf(told!.upTo), told!.silentSince], ['09:05', null]);
    intake.receive('08:26');
    assert.equal(clockOf(intake.look('03:00')!.upTo), '09:05');
    assert.equal(intake.look('03:01'), undefined);
  });

  it('never goes back when the clock is set back, and goes on when the clock has come there again', () => {
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '09:15');
    for (let now = at('06:00'); now < at('10:10'); now += MINUTE_MS) {
      if (now > at('09:15') && now % (5 * MINUTE_MS) === 0) intake.receiveAt(now);
      assert.equal(intake.lookAt(now), undefined, clockOf(now));
    }
    assert.equal(clockOf(intake.look('10:10')!.upTo), '10:00');
  });

  it('counts two sets in one slot as one, and a set a little after its time in the slot that it closes', () => {
    const intake = anIntake();
    intake.look('08:10');
    intake.receive(
      '08:01',
      '08:04',
      '08:05',
      '08:10:03',
      '08:15',
      '08:20',
      '08:25',
      '08:30',
      '08:35',
      '08:40',
      '08:45',
    );
    intake.receive('08:50', '08:55', '09:00');
    const told = intake.look('09:10');
    assert.deepEqual([told!.expected, told!.missing], [12, 1]);
  });

  it('asks a cell no more often after files that came out of order', () => {
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '08:10');
    assert.equal(intake.asked(), 2);
    intake.receive('08:20', '08:15', '08:30', '08:25');
    for (let now = at('08:11'); now <= at('08:40'); now += MINUTE_MS) intake.lookAt(now);
    assert.equal(intake.asked(), 3);
  });

  it('expects nothing of a station that is suspended, but tells the hour when something came all the same', () => {
    const suspended = aStation({ lifecycle: 'suspended' });
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '08:20');
    const ending = intake.look('08:45', suspended);
    assert.deepEqual([clockOf(ending!.upTo), ending!.expected, ending!.silentSince], ['08:35', 0, null]);
    assert.equal(intake.look('12:00', suspended), undefined);
    intake.receive('12:05');
    const told = intake.look('13:10', suspended);
    assert.deepEqual([clockOf(told!.upTo), told!.expected, told!.missing, told!.silentSince], ['13:00', 0, 0, null]);
  });

  it('blames nobody for the time before sets were expected again', () => {
    const suspended = aStation({ lifecycle: 'suspended' });
    const intake = anIntake();
    intake.look('08:00');
    everyFiveMinutes(intake, '07:55', '08:20');
    intake.look('08:45', suspended);
    const resumed = intake.look('20:00');
    assert.deepEqual([resumed!.expected, resumed!.missing, resumed!.silentSince], [0, 0, null]);
    assert.equal(intake.look('20:04'), undefined);
    assert.equal(intake.look('20:05')!.silentSince, at('19:50'));
  });

  it('does not expect what falls in an accepted declared period without expectation', () => {
    const intake = anIntake(aStation({ declaredPeriods: [aPeriod('08:00', '08:30')] }));
    intake.look('08:10');
    const told = intake.look('09:10');
    assert.deepEqual([told!.expected, told!.missing], [6, 6]);
  });

  it('knows of no cadence without channels', () => {
    assert.equal(cadenceOf(aStation({ channels: [] }), at('08:00')), undefined);
  });

  it('goes by the settings in force, by the shortest interval, and waits for stamps that open their interval', () => {
    const faster = { ...aChannel('COD').settings[0]!, from: instantAt('12:00'), intervalMs: MINUTE_MS };
    const cod = { ...aChannel('COD'), settings: [...aChannel('COD').settings, faster] };
    const tss = aChannel('TSS', { intervalMs: 15 * MINUTE_MS, deliveryMs: 20 * MINUTE_MS, stamp: 'start' });
    const record = aStation({ channels: [cod, tss] });
    assert.equal(cadenceOf(record, at('11:59'))!.intervalMs, 5 * MINUTE_MS);
    assert.equal(cadenceOf(record, at('12:00'))!.intervalMs, MINUTE_MS);
    assert.equal(cadenceOf(record, at('12:00'))!.waitMs, 35 * MINUTE_MS);
  });

  it('counts every slot once, however the looks fall and whatever comes late', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 80 }),
        (slots, looks) => {
          const intake = anIntake();
          const start = at('08:00');
          intake.lookAt(start + LAG_MS);
          for (const slot of slots.toSorted((a, b) => a - b)) intake.receiveAt(start + slot * 5 * MINUTE_MS);
          const told = [...looks.toSorted((a, b) => a - b), 500].flatMap(
            (minute) => intake.lookAt(start + LAG_MS + minute * MINUTE_MS) ?? [],
          );
          const sum = (of: (told: Told) => number) => told.reduce((total, one) => total + of(one), 0);
          const upTo = told.at(-1)!.upTo;
          const expected = (upTo - start) / (5 * MINUTE_MS);
          const filled = slots.filter((slot) => start + slot * 5 * MINUTE_MS <= upTo).length;
          assert.equal(
            sum(({ expected }) => expected),
            expected,
          );
          assert.equal(
            sum(({ missing }) => missing),
            expected - filled,
          );
        },
      ),
    );
  });
});
