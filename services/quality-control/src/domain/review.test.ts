import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { instantAt, station } from '../testing/builders.ts';
import { type ReviewCommand, type ReviewEvent, reviewRecord, reviews } from './review.ts';

const given = specification(reviews);
const at = instantAt('10:00');
const judging = {
  review: 'r1',
  station,
  channels: ['cod', 'ph'],
  from: instantAt('08:00'),
  to: instantAt('09:00'),
  decision: 'rejected',
  reason: 'bơm hỏng',
  by: 'officer',
} as const;
const reviewReadings = (changed: object = {}): ReviewCommand => ({
  type: 'ReviewReadings',
  ...judging,
  at,
  ...changed,
});
const reviewed: ReviewEvent = { type: 'ReadingsReviewed', data: { ...judging, at } };
const revoking = { review: 'r1', reason: 'nhầm kênh', by: 'chief', at: instantAt('11:00') };
const revoked: ReviewEvent = { type: 'ReviewRevoked', data: revoking };

test('a person judges a range with a reason', () => {
  given().when(reviewReadings()).then(reviewed);
});

test('the same judgement again does nothing, another under its id is refused', () => {
  given(reviewed)
    .when(reviewReadings({ channels: ['ph', 'cod'], at: instantAt('12:00') }))
    .thenNothing();
  given(reviewed)
    .when(reviewReadings({ decision: 'accepted' }))
    .thenRejected('ReviewExists');
});

test('a correction needs its numbers, and nothing else has any', () => {
  given()
    .when(reviewReadings({ decision: 'corrected' }))
    .thenRejected('CorrectionMismatch');
  given()
    .when(reviewReadings({ correction: { factor: '2', offset: '0' } }))
    .thenRejected('CorrectionMismatch');
});

test('a range runs forward and no longer than a year', () => {
  given()
    .when(reviewReadings({ to: instantAt('07:00') }))
    .thenRejected('RangeBackwards');
  given()
    .when(reviewReadings({ to: instantAt('07:00', '2027-02-15') }))
    .thenRejected('RangeTooLong');
});

test('a review is revoked once', () => {
  given(reviewed)
    .when({ type: 'RevokeReview', ...revoking })
    .then(revoked);
  given(reviewed, revoked)
    .when({ type: 'RevokeReview', ...revoking })
    .thenNothing();
  given()
    .when({ type: 'RevokeReview', ...revoking })
    .thenRejected('ReviewUnknown');
});

test('nobody judges what was known only after the review', () => {
  given()
    .when(reviewReadings({ seenAt: instantAt('10:01') }))
    .thenRejected('SeenAhead');
  given()
    .when(reviewReadings({ seenAt: at }))
    .then({ ...reviewed, data: { ...judging, seenAt: at, at } });
});

test('where the clock was set back, a review judges what is shown, though that is known later than the review', () => {
  const shownUpTo = instantAt('10:30');
  const behind: ReviewEvent = { type: 'ReadingsReviewed', data: { ...judging, shownUpTo, at } };
  given().when(reviewReadings({ shownUpTo })).then(behind);
  given()
    .when(reviewReadings({ shownUpTo: instantAt('09:55') }))
    .then(reviewed);
  assert.deepEqual(
    [reviewRecord([behind], 'command:1').seenAt, reviewRecord([behind], 'command:1').knownAt],
    [shownUpTo, at],
  );
  given(behind)
    .when(reviewReadings({ shownUpTo: instantAt('10:40') }))
    .thenNothing();
});

test('the later of two reviews is known later, whatever the clock says', () => {
  const second = { review: 'r2', at: instantAt('09:00') };
  given(reviewed)
    .when(reviewReadings(second))
    .then({ type: 'ReadingsReviewed', data: { ...judging, review: 'r2', at: at.replace('.000Z', '.001Z') } });
});

test('the record tells the review that the newest event is about, and when it was judged', () => {
  const other: ReviewEvent = { type: 'ReadingsReviewed', data: { ...judging, review: 'r2', at: instantAt('10:30') } };
  const first = reviewRecord([reviewed], 'command:1');
  assert.deepEqual(
    [first.review, first.version, first.state, first.seenAt, first.knownAt],
    ['r1', 1, 'in-force', at, at],
  );
  assert.equal(reviewRecord([reviewed, other], 'command:2').review, 'r2');
  const last = reviewRecord([reviewed, other, revoked], 'command:3');
  assert.deepEqual([last.review, last.version, last.state, last.by], ['r1', 2, 'revoked', 'officer']);
  assert.deepEqual([last.seenAt, last.knownAt], [at, instantAt('11:00')]);
});
