import type { ObservationSetChecked, ObservationSetReceived } from '@quantrac/contracts';
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
