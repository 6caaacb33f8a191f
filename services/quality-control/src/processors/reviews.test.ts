import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { waitsForReview } from '../read-models/readings.ts';
import {
  aChannel,
  anAdvance,
  aReading,
  aReview,
  at,
  HOUR_MS,
  instantAt,
  MINUTE_MS,
  stationRecord,
} from '../testing/builders.ts';
import { type DrivenStation, driveStation } from '../testing/drive-station.ts';

const flat = { flatLine: { tolerance: '0', suspectAfter: 3, failAfter: 5 } };
const quality = { grossRange: { fail: { max: '100' }, suspect: { max: '50' } } };

function anHourOf(value: string) {
  const driven = driveStation(stationRecord({ channels: [aChannel('cod', { quality })] }));
  for (let time = at('08:05'); time <= at('09:00'); time += 5 * MINUTE_MS) driven.set(time, [aReading(value)]);
  driven.advance(anAdvance(at('09:00')));
  return driven;
}
const waits = (driven: DrivenStation, time: number) => waitsForReview({ reading: driven.reading(time) });

test('rejected readings do not count any more, and their hour says so', () => {
  const driven = anHourOf('10');
  driven.review(aReview(at('08:05'), at('08:30')));
  const { counts, notCounted, review } = driven.reading(at('08:30'));
  assert.deepEqual([counts, notCounted], [false, 'rejected']);
  assert.deepEqual(review, {
    review: 'r1',
    decision: 'rejected',
    by: 'officer',
    at: instantAt('23:00'),
    reason: 'bơm hỏng',
    revision: 1,
  });
  const { version, value, reason, cause, root, knownAt } = driven.mean(at('09:00'))!;
  assert.deepEqual(
    { version, value, reason, cause, root, knownAt },
    {
      version: 2,
      value: null,
      reason: 'data-capture',
      cause: 'review:r1',
      root: 'review:r1',
      knownAt: instantAt('23:00'),
    },
  );
});

test('a revoked review gives the readings back', () => {
  const driven = anHourOf('10');
  const { basis } = driven.mean(at('09:00'))!;
  driven.review(aReview(at('08:05'), at('08:30')));
  driven.review(aReview(at('08:05'), at('08:30'), { version: 2, state: 'revoked', knownAt: instantAt('23:30') }));
  assert.equal(driven.reading(at('08:30')).counts, true);
  assert.equal(driven.reading(at('08:30')).review, undefined);
  assert.deepEqual([driven.mean(at('09:00'))!.basis, driven.mean(at('09:00'))!.version], [basis, 3]);
});

test('corrected readings are used corrected; their flags stay those of what was sent', () => {
  const driven = anHourOf('1000');
  assert.equal(driven.reading(at('08:30')).notCounted, 'failed');
  driven.review(
    aReview(at('08:00'), at('09:00'), { decision: 'corrected', correction: { factor: '0.01', offset: '0.5' } }),
  );
  const { used, value, flag, counts } = driven.reading(at('08:30'));
  assert.deepEqual([used, value, flag, counts], ['10.50', '1000', 4, true]);
  assert.equal(driven.mean(at('09:00'))!.value, '10.50');
});

test('a correction gives numbers that can be reckoned with, or none: no set is lost by it', () => {
  const driven = anHourOf('1000');
  const corrected = (factor: string, id: string) => {
    driven.review(
      aReview(at('08:00'), at('09:00'), {
        review: id,
        decision: 'corrected',
        correction: { factor, offset: '0.5' },
        knownAt: instantAt(`23:0${id.length}`),
      }),
    );
    const { used, notCounted } = driven.reading(at('08:30'));
    return [used, notCounted];
  };
  assert.deepEqual(corrected(`0.${'6'.repeat(60)}`, 'a'), [`667.1${'6'.repeat(34)}7`, undefined]);
  assert.deepEqual(corrected('9'.repeat(60), 'ab'), [null, 'missing']);
  assert.deepEqual(corrected('9'.repeat(70), 'abc'), [null, 'missing']);
  assert.equal(driven.mean(at('09:00'))!.value, null);
});

test('a failed reading that a person accepts counts; one under calibration never does', () => {
  const driven = anHourOf('1000');
  driven.set(at('09:05'), [aReading('10', { status: '01' })]);
  driven.review(aReview(at('08:00'), at('09:05'), { decision: 'accepted' }));
  assert.equal(driven.reading(at('08:30')).counts, true);
  assert.equal(driven.reading(at('09:05')).notCounted, 'calibration');
});

test('withdrawn readings say so', () => {
  const driven = anHourOf('10');
  driven.review(aReview(at('08:00'), at('09:00'), { decision: 'withdrawn' }));
  assert.equal(driven.reading(at('08:30')).notCounted, 'withdrawn');
});

test('a newer revision returns to the queue; the old decision stays beside it and no longer decides', () => {
  const driven = anHourOf('60');
  assert.equal(waits(driven, at('08:30')), true);
  driven.review(aReview(at('08:00'), at('09:00'), { knownAt: instantAt('10:00') }));
  assert.equal(waits(driven, at('08:30')), false);
  driven.set(at('08:30'), [aReading('12', { revision: 2 })], { revision: 2, knownAt: instantAt('11:00') });
  const { counts, review, revision } = driven.reading(at('08:30'));
  assert.deepEqual([counts, revision, review!.revision, review!.decision], [true, 2, 1, 'rejected']);
  assert.equal(waits(driven, at('08:30')), true);
  driven.review(aReview(at('08:30'), at('08:30'), { review: 'r2', decision: 'accepted', knownAt: instantAt('12:00') }));
  assert.equal(waits(driven, at('08:30')), false);
  assert.equal(driven.reading(at('08:30')).review!.review, 'r2');
});

test('a review judges what its author saw, however late either of them is read', () => {
  const driven = anHourOf('60');
  driven.set(at('08:30'), [aReading('12', { revision: 2 })], { revision: 2, knownAt: instantAt('11:00') });
  driven.set(at('09:05'), [aReading('60')], { knownAt: instantAt('11:05') });
  const seen = { seenAt: instantAt('10:00'), knownAt: instantAt('11:10') };
  driven.review(aReview(at('08:00'), at('09:05'), seen));
  assert.equal(driven.reading(at('08:25')).counts, false);
  assert.deepEqual([driven.reading(at('08:30')).counts, driven.reading(at('08:30')).review!.revision], [true, 1]);
  assert.equal(driven.reading(at('09:05')).review, undefined);
});

test('a revision that comes behind a newer one fills in what a review saw, and nothing else', () => {
  const channels = [aChannel('cod', { quality }), aChannel('bod', { intervalMs: HOUR_MS, quality: flat })];
  const driven = driveStation(stationRecord({ channels }));
  const bod = () => aReading('7', { channel: 'bod', revision: 2 });
  for (let hour = 1; hour <= 8; hour++) driven.set(at(`0${hour}:00`), [aReading('10'), bod()], { revision: 2 });
  const later = { revision: 2, knownAt: instantAt('12:00') };
  driven.set(at('09:00'), [aReading('60'), bod()], later);
  driven.review(aReview(at('09:00'), at('09:00'), { knownAt: instantAt('11:00') }));
  const flat9 = driven.flag(at('09:00'), 'flatLine', 'bod');
  assert.deepEqual([driven.reading(at('09:00')).counts, flat9], [true, 4]);
  driven.set(at('09:00'), [aReading('60')], { revision: 1, knownAt: instantAt('10:00') });
  const { counts, notCounted, review, knownAt } = driven.reading(at('09:00'));
  assert.deepEqual([counts, notCounted, review!.revision, knownAt], [false, 'rejected', 1, instantAt('10:00')]);
  assert.equal(driven.flag(at('09:00'), 'flatLine', 'bod'), flat9);
  const [, second] = driven.setVersions(at('09:00')).slice(-2);
  assert.deepEqual([second!.received, second!.receivedAt], [2, instantAt('12:00')]);
  const versions = driven.setVersions(at('09:00')).length;
  driven.set(at('09:00'), [aReading('60')], { revision: 1, knownAt: instantAt('10:00') });
  assert.equal(driven.setVersions(at('09:00')).length, versions);
});

test('a corrected reading tells which of its revisions a review saw, in whatever order they came', () => {
  const driven = anHourOf('60');
  driven.set(at('09:05'), [aReading('12', { revision: 3 })], { revision: 3, knownAt: instantAt('12:00') });
  driven.review(aReview(at('09:05'), at('09:05'), { knownAt: instantAt('11:00') }));
  assert.equal(driven.reading(at('09:05')).review, undefined);
  driven.set(at('09:05'), [aReading('55', { revision: 2 })], { revision: 2, knownAt: instantAt('10:30') });
  driven.set(at('09:05'), [aReading('50')], { revision: 1, knownAt: instantAt('10:00') });
  const { superseded, review, value, counts } = driven.reading(at('09:05'));
  assert.deepEqual(
    superseded!.map(({ revision }) => revision),
    [1, 2],
  );
  assert.deepEqual([review!.revision, value, counts], [2, '12', true]);
});

test('of many revisions the one that was seen is named', () => {
  const driven = anHourOf('60');
  for (const revision of [2, 3])
    driven.set(at('08:30'), [aReading(`1${revision}`, { revision })], {
      revision,
      knownAt: instantAt(`1${revision}:00`),
    });
  const seen = { seenAt: instantAt('10:00'), knownAt: instantAt('14:00') };
  driven.review(aReview(at('08:30'), at('08:30'), seen));
  assert.equal(driven.reading(at('08:30')).review!.revision, 1);
  driven.review(aReview(at('08:30'), at('08:30'), { ...seen, review: 'r2', seenAt: instantAt('12:30') }));
  assert.deepEqual(
    [driven.reading(at('08:30')).review!.review, driven.reading(at('08:30')).review!.revision],
    ['r2', 2],
  );
});

test('the newest of two reviews decides, and the one before when it is revoked', () => {
  const driven = anHourOf('10');
  driven.review(aReview(at('08:00'), at('09:00'), { knownAt: instantAt('10:00') }));
  const second = aReview(at('08:30'), at('08:35'), { review: 'r2', decision: 'accepted', knownAt: instantAt('11:00') });
  driven.review(second);
  assert.equal(driven.reading(at('08:30')).counts, true);
  assert.equal(driven.reading(at('08:25')).counts, false);
  driven.review({ ...second, version: 2, state: 'revoked', knownAt: instantAt('12:00') });
  assert.equal(driven.reading(at('08:30')).counts, false);
});

test('a review over a month and more reaches all of its readings', () => {
  const driven = driveStation(stationRecord());
  const days = ['2026-01-15', '2026-02-20', '2026-03-25'];
  for (const day of days) driven.set(at('08:00', day), [aReading('10')]);
  const knownAt = instantAt('00:00', '2026-04-01');
  driven.review(aReview(at('08:00', days[0]), at('08:00', days[2]), { knownAt }));
  for (const day of days) assert.equal(driven.reading(at('08:00', day)).notCounted, 'rejected', day);
  driven.set(at('09:00', days[1]), [aReading('10')], { knownAt: instantAt('00:00', '2026-04-02') });
  assert.equal(driven.reading(at('09:00', days[1])).counts, true);
});

test('a review of times that do not exist is set aside by name, and what comes after it is checked', () => {
  const driven = anHourOf('10');
  const impossible = { from: '2026-02-30T00:00:00.000Z', to: '2026-13-01T00:00:00.000Z' };
  assert.throws(
    () => driven.review({ ...aReview(at('08:00'), at('09:00')), ...impossible }),
    (error) => isFault(error, 'NoSuchTime'),
  );
  driven.set(at('09:05'), [aReading('10')]);
  assert.equal(driven.reading(at('09:05')).counts, true);
});
