import { topics } from '@quantrac/contracts';
import type { Relay } from '@quantrac/stream-processing';
import { type ReviewEvent, reviewRecord } from '../domain/review.ts';
import { reviewStreams } from '../read-models/streams.ts';

/** The review that each commit of a station's reviews is about. */
export const reviewsRelay: Relay = {
  name: 'reviews',
  topic: topics.reviews,
  streamPrefix: reviewStreams,
  record: ({ events, metadata }) => {
    const data = reviewRecord(events as readonly ReviewEvent[], metadata.cause!);
    return { key: data.station, type: 'ReviewRecorded', knownAt: Date.parse(data.knownAt), data };
  },
};
