import type { CheckedReading, ObservationSetChecked, ObservationSetReceived } from '@quantrac/contracts';
import type { Received } from './check-reading.ts';
import { readingOf } from './timeline.ts';

/** Since when the set's newest revision is known. */
export const receivedAtOf = ({ receivedAt, knownAt }: ObservationSetChecked): string => receivedAt ?? knownAt;

/** The readings of a set that came, each with when its revision became known and which revisions it had before. */
export function receivedReadings(
  { readings }: Pick<ObservationSetReceived, 'readings'>,
  before: ObservationSetChecked | undefined,
): Received[] {
  return readings.map((reading, index): Received => {
    const was = before && readingOf(before.readings, reading.channel, index);
    if (!was) return reading;
    const wasKnownAt = was.knownAt ?? receivedAtOf(before);
    if (was.revision === reading.revision)
      return { ...reading, knownAt: wasKnownAt, ...(was.superseded && { superseded: was.superseded }) };
    const earlier = { revision: was.revision, knownAt: wasKnownAt };
    return { ...reading, superseded: [...(was.superseded ?? []), earlier] };
  });
}

/**
 * The readings that are known of a set, once an earlier revision of it comes behind: what a review saw of them is told by since when each
 * revision was known. Undefined: it tells nothing new.
 */
export function withEarlier(known: ObservationSetChecked, earlier: ObservationSetReceived): Received[] | undefined {
  const receivedAt = receivedAtOf(known);
  let isNews = false;
  const readings = known.readings.map((reading, index): Received => {
    const was = readingOf(earlier.readings, reading.channel, index);
    const merged =
      was && merge(reading, reading.knownAt ?? receivedAt, { revision: was.revision, knownAt: earlier.knownAt });
    if (!merged) return reading;
    isNews = true;
    return { ...reading, ...merged };
  });
  return isNews ? readings : undefined;
}

type Revision = NonNullable<CheckedReading['superseded']>[number];

function merge(
  { revision, superseded = [] }: CheckedReading,
  knownAt: string,
  earlier: Revision,
): Pick<CheckedReading, 'knownAt' | 'superseded'> | undefined {
  if (earlier.revision === revision) return earlier.knownAt < knownAt ? { knownAt: earlier.knownAt } : undefined;
  const known = superseded.find((one) => one.revision === earlier.revision);
  if (known && known.knownAt <= earlier.knownAt) return undefined;
  const all = [...superseded.filter((one) => one !== known), earlier];
  return { superseded: all.sort((a, b) => a.revision - b.revision) };
}
