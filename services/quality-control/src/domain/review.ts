import type { ReviewRecorded } from '@quantrac/contracts';
import { type Decider, Fault } from '@quantrac/event-sourcing';
import { fromInstant, toInstant } from '@quantrac/regulations';

type Judging = Pick<
  ReviewRecorded,
  'review' | 'station' | 'from' | 'to' | 'decision' | 'correction' | 'reason' | 'by' | 'seenAt'
> & {
  readonly channels: readonly string[];
  /** When the newest was known of what was shown, where that was after the review: the clock had stood ahead before. */
  readonly shownUpTo?: string;
};

/** Stored for ever: names and shapes are the storage format. */
export type ReviewEvent =
  | { readonly type: 'ReadingsReviewed'; readonly data: Judging & { readonly at: string } }
  | {
      readonly type: 'ReviewRevoked';
      readonly data: { readonly review: string; readonly reason: string; readonly by: string; readonly at: string };
    };

export type ReviewCommand =
  | (Judging & { readonly type: 'ReviewReadings'; readonly at: string })
  | {
      readonly type: 'RevokeReview';
      readonly review: string;
      readonly reason: string;
      readonly by: string;
      readonly at: string;
    };

/** All reviews of one station. */
export interface Reviews {
  readonly byId: ReadonlyMap<string, { readonly judging: Judging; readonly revoked: boolean }>;
  /** The newest that happened; empty: nothing did. */
  readonly newestAt: string;
}

/** A longer stretch is several reviews. */
const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;

/** Kiểm duyệt: a person judges a range of readings (Điều 40 TT 10/2021), and may take it back. */
const decide = (command: ReviewCommand, reviews: Reviews): readonly ReviewEvent[] => {
  switch (command.type) {
    case 'ReviewReadings':
      return reviewReadings(command, reviews);
    case 'RevokeReview': {
      const { type: _, ...data } = command;
      const known = reviews.byId.get(data.review);
      if (!known)
        throw Fault.notFound('ReviewUnknown', `the station has no review ${data.review}: name one that it has`);
      return known.revoked ? [] : [{ type: 'ReviewRevoked', data: { ...data, at: nextAt(data.at, reviews) } }];
    }
  }
};

const evolve = ({ byId }: Reviews, event: ReviewEvent): Reviews => {
  const { review, at: newestAt } = event.data;
  switch (event.type) {
    case 'ReadingsReviewed': {
      const { at: _, ...judging } = event.data;
      return { byId: new Map(byId).set(review, { judging, revoked: false }), newestAt };
    }
    case 'ReviewRevoked': {
      const { judging } = byId.get(review)!;
      return { byId: new Map(byId).set(review, { judging, revoked: true }), newestAt };
    }
  }
};

export const reviews: Decider<Reviews, ReviewCommand, ReviewEvent> = {
  initial: { byId: new Map(), newestAt: '' },
  decide,
  evolve,
};

function reviewReadings(
  { type: _, at, shownUpTo, ...judging }: Extract<ReviewCommand, { type: 'ReviewReadings' }>,
  reviews: Reviews,
): readonly ReviewEvent[] {
  const known = reviews.byId.get(judging.review);
  if (known) {
    if (isSame(known.judging, judging)) return [];
    throw Fault.rejected('ReviewExists', `review ${judging.review} judges otherwise: revoke it and give another id`);
  }
  const now = nextAt(at, reviews);
  const isBehind = shownUpTo !== undefined && shownUpTo > now;
  refuseImpossible(judging, isBehind ? shownUpTo : now);
  return [{ type: 'ReadingsReviewed', data: { ...judging, ...(isBehind && { shownUpTo }), at: now } }];
}

/** The newer of two reviews is known later, even where the clock was set back between them (DESIGN 7.1). */
const nextAt = (at: string, { newestAt }: Reviews): string =>
  at > newestAt ? at : toInstant(fromInstant(newestAt)! + 1);

/** `newest`: nobody can have seen anything later. */
function refuseImpossible({ from, to, decision, correction, seenAt }: Judging, newest: string): void {
  if (from > to) throw Fault.invalid('RangeBackwards', 'the range ends before it begins: correct its dates');
  if (Date.parse(to) - Date.parse(from) > LONGEST_DAYS * DAY_MS)
    throw Fault.invalid('RangeTooLong', `a review covers at most ${LONGEST_DAYS} days: give several`);
  if ((decision === 'corrected') !== (correction !== undefined))
    throw Fault.invalid('CorrectionMismatch', 'give factor and offset with the decision corrected, and only with it');
  if (seenAt !== undefined && seenAt > newest)
    throw Fault.invalid('SeenAhead', `nobody can have seen the readings at ${seenAt}: give a time up to ${newest}`);
}

/** By what they say, in whatever order their fields came. */
const isSame = (a: Judging, b: Judging): boolean => textOf(a) === textOf(b);

const textOf = ({ channels, from, to, decision, correction, reason, by, seenAt }: Judging): string =>
  JSON.stringify([
    [...channels].sort(),
    from,
    to,
    decision,
    correction?.factor,
    correction?.offset,
    reason,
    by,
    seenAt,
  ]);

/** The review that the newest event of a station is about, as the topic `reviews` tells it. */
export function reviewRecord(events: readonly ReviewEvent[], cause: string): ReviewRecorded {
  const newest = events.at(-1)!;
  const { review, at } = newest.data;
  const judged = events.find((event) => event.type === 'ReadingsReviewed' && event.data.review === review);
  const {
    at: judgedAt,
    channels,
    shownUpTo = judgedAt,
    ...judging
  } = (judged as Extract<ReviewEvent, { type: 'ReadingsReviewed' }>).data;
  const revoked = newest.type === 'ReviewRevoked';
  return {
    ...judging,
    channels: [...channels],
    seenAt: judging.seenAt ?? shownUpTo,
    version: revoked ? 2 : 1,
    state: revoked ? 'revoked' : 'in-force',
    knownAt: at,
    cause,
  };
}
